"""`top`: the first rows in order of some keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql import syntax as tree
from provisioner.kql.operators.registry import operator
from provisioner.kql.operators.sort import Key, arrange, keys
from provisioner.kql.operators.take import whole_number

if TYPE_CHECKING:
    from provisioner.kql.binder import Binder
    from provisioner.kql.parser import Parser
    from provisioner.kql.scope import Rows, Scope


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
