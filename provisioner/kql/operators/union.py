"""`union`: the rows of several tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql import syntax as tree
from provisioner.kql.operators.registry import operator

if TYPE_CHECKING:
    from provisioner.kql.binder import Binder
    from provisioner.kql.parser import Parser
    from provisioner.kql.scope import Rows, Scope


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
        from provisioner.kql.pipelines import PipelineBinder
        from provisioner.kql.sources import labels, union

        assert isinstance(binder, PipelineBinder)
        parts = self.tables.pipelines
        bound = [rows, *(binder.pipeline(part, scope) for part in parts)]
        return union(binder, self.tables, bound, [None, *labels(parts, scope)])
