"""`project-keep`: only the named columns, in the order in which they stood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql import syntax as tree
from provisioner.kql.operators.columns import patterns, pick
from provisioner.kql.operators.registry import operator

if TYPE_CHECKING:
    from provisioner.kql.binder import Binder
    from provisioner.kql.parser import Parser
    from provisioner.kql.scope import Rows, Scope


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
