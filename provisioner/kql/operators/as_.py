"""`as`: a name for the rows; it changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql import syntax as tree
from provisioner.kql.operators.registry import operator

if TYPE_CHECKING:
    from provisioner.kql.binder import Binder
    from provisioner.kql.parser import Parser
    from provisioner.kql.scope import Rows, Scope


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
