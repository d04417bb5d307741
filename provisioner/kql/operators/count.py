"""`count`: the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Self

from provisioner.kql.ir.bound_expression import Column
from provisioner.kql.ir.scope import Barrier
from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.syntax import tree

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.scope import Rows, Scope
    from provisioner.kql.syntax.query_parser import Parser


@operator("count")
class Count(tree.Operator):
    """`count`."""

    @classmethod
    def parse(cls, parser: Parser) -> Self:  # noqa: ARG003 - nothing follows the word
        """Nothing but the word."""
        return cls()

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:  # noqa: ARG002
        """One row with one column, `Count`."""
        variable = binder.variable()
        column = Column("Count", "long", variable, nullable=False, span=self.span)
        return rows.then({"Count": column}, Barrier(_count, [], [variable]))


def _count(rows: Iterable[tuple[Any, ...]], context: Any) -> Iterator[tuple[int]]:  # noqa: ARG001
    yield (sum(1 for _ in rows),)
