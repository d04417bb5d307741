"""`union`: the rows of several tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.syntax import tree

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.scope import Rows, Scope
    from provisioner.kql.syntax.query_parser import Parser


@operator("union")
class Union(tree.Operator):
    """`| union A, (B | where x)`."""

    tables: tree.Union

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Options, and tables or pipelines in parentheses between commas."""
        return cls(parser.union())

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:
        """The columns of all; a row has null where its table has no such column."""
        from provisioner.kql.binding.pipeline_binder import PipelineBinder
        from provisioner.kql.binding.row_sources import labels, union

        assert isinstance(binder, PipelineBinder)
        parts = self.tables.pipelines
        bound = [rows, *(binder.pipeline(part, scope) for part in parts)]
        return union(binder, self.tables, bound, [None, *labels(parts, scope)])
