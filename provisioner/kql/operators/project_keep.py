"""`project-keep`: only the named columns, in the order in which they stood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql.operators.column_patterns import patterns, pick
from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.syntax import tree

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.scope import Rows, Scope
    from provisioner.kql.syntax.query_parser import Parser


@operator("project-keep")
class ProjectKeep(tree.Operator):
    """`project-keep name, pattern*`."""

    names: list[tree.Name]

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """`project-keep names`."""
        return cls(patterns(parser))

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:  # noqa: ARG002
        """What is not named goes."""
        kept = set(pick(binder, self.names, rows))
        return rows.then({name: column for name, column in rows.columns.items() if name in kept})
