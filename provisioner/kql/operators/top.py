"""`top`: the first rows in order of some keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.operators.sort import Key, arrange, keys
from provisioner.kql.operators.take import whole_number
from provisioner.kql.syntax import tree

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.scope import Rows, Scope
    from provisioner.kql.syntax.query_parser import Parser


@operator("top")
class Top(tree.Operator):
    """`top 5 by a desc`."""

    count: tree.Expression
    keys: list[Key]

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """`top number by` keys."""
        count = parser.expression()
        parser.expect("by")
        return cls(count, keys(parser))

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:
        """The same columns; the first rows of the sorted ones."""
        return arrange(binder, rows, scope, self.keys, whole_number(binder, self.count, scope))
