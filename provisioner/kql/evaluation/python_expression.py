"""A piece of the generated Python source, with what its reader has to know of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

CONTEXT_VARIABLE = frozenset(("context",))
"""The local variable that holds the context of a run."""


class PythonExpression(NamedTuple):
    """A Python expression: its text, the local variables it reads, how deep it nests."""

    text: str
    variables: frozenset[str]
    depth: int


def joined(text: str, parts: Iterable[PythonExpression]) -> PythonExpression:
    """The expression of that text, which is put together from `parts`."""
    variables: frozenset[str] = frozenset()
    depth = 0
    for part in parts:
        variables = variables | part.variables if variables else part.variables
        depth = max(depth, part.depth)
    return PythonExpression(text, variables, depth + 1)


def with_context(code: PythonExpression) -> PythonExpression:
    """The expression as one that reads the context too, if a call in it takes that."""
    if "context=context" not in code.text:
        return code
    return PythonExpression(code.text, code.variables | CONTEXT_VARIABLE, code.depth)
