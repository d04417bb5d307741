"""`count`: the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Self

from provisioner.kql import syntax as tree
from provisioner.kql.bound import Column
from provisioner.kql.operators.registry import operator
from provisioner.kql.scope import Barrier

if TYPE_CHECKING:
    from provisioner.kql.binder import Binder
    from provisioner.kql.parser import Parser
    from provisioner.kql.scope import Rows, Scope


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
