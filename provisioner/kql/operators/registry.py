"""The tabular operators by word; each has its own file with how it is read, bound and run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Protocol, Self, TypeVar

from provisioner.kql import syntax as tree

if TYPE_CHECKING:
    from provisioner.kql.binder import Binder
    from provisioner.kql.parser import Parser
    from provisioner.kql.scope import Rows, Scope


class TabularOperator(Protocol):
    """What an operator's file gives: the tree's node, reading it, and what it makes of columns and rows."""

    word: ClassVar[str]

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """The operator at the cursor, which stands behind its word."""
        ...

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:
        """The rows behind it: columns to columns, and the steps from rows to rows."""
        ...


OPERATORS: dict[str, type[tree.Operator]] = {}
Kind = TypeVar("Kind", bound=type[tree.Operator])


def operator(word: str, *aliases: str) -> Callable[[Kind], Kind]:
    """Register the decorated node under its word and further spellings."""

    def register(kind: Kind) -> Kind:
        kind.word = word
        for spelling in (word, *aliases):
            OPERATORS[spelling] = kind
        return kind

    return register
