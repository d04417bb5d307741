"""`take`: no more than so many rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql.ir.scope import Limit
from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.syntax import tree

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.scope import Rows, Scope
    from provisioner.kql.syntax.query_parser import Parser


@operator("take", "limit")
class Take(tree.Operator):
    """`take 10`."""

    count: tree.Expression

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """`take number`."""
        return cls(parser.expression())

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:
        """The same columns; the first rows as they come."""
        return rows.then(rows.columns, Limit(whole_number(binder, self.count, scope)))


def whole_number(binder: Binder, node: tree.Expression, scope: Scope) -> int:
    """The constant number of rows that an operator is told."""
    bound = binder.settled(binder.expression(node, scope))
    if bound.is_constant and bound.type in ("int", "long") and bound.value is not None and bound.value >= 0:
        return int(bound.value)
    if bound.type != "unknown":
        binder.report("KQL110", "this must be a constant whole number", node.span)
    return 0
