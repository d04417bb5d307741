"""The tabular operators by word; each has its own file with how it is read, bound and run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from provisioner.kql.syntax import tree

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
