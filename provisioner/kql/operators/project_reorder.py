"""`project-reorder`: the named columns first, the others behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql.operators.column_patterns import pattern, pick
from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.syntax import tree

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.scope import Rows, Scope
    from provisioner.kql.syntax.query_parser import Parser


@operator("project-reorder")
class ProjectReorder(tree.Operator):
    """`project-reorder name, pattern* asc`."""

    names: list[tuple[tree.Name, str]]

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """`project-reorder` with names, each with `asc`, `desc`, `granny-asc` or nothing."""
        names = [_ordered(parser)]
        while parser.accept(","):
            names.append(_ordered(parser))
        return cls(names)

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:  # noqa: ARG002
        """All columns, in another order."""
        first: list[str] = []
        for name, order in self.names:
            found = [column for column in pick(binder, [name], rows) if column not in first]
            first.extend(sorted(found, reverse=order == "desc") if order else found)
        rest = [name for name in rows.columns if name not in first]
        return rows.then({name: rows.columns[name] for name in [*first, *rest]})


def _ordered(parser: Parser) -> tuple[tree.Name, str]:
    name = pattern(parser)
    order = parser.advance().text if parser.at("asc") or parser.at("desc") else ""
    return name, order
