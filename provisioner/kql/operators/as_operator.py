"""`as`: a name for the rows; it changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.syntax import tree

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.scope import Rows, Scope
    from provisioner.kql.syntax.query_parser import Parser


@operator("as")
class As(tree.Operator):
    """`as Name`."""

    name: str

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """The name."""
        return cls(parser.expect_name("a name")[0])

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:  # noqa: ARG002
        """The same rows."""
        return rows
