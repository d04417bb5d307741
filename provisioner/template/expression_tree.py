"""The tree of an expression, and the text that it was parsed from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Union


@dataclass(frozen=True, slots=True)
class Literal:
    """A string or a number that is written out."""

    value: str | int | float


@dataclass(frozen=True, slots=True)
class Call:
    """A function of a name, with a namespace before a dot where there is one; `offset` is where the name starts."""

    name: str
    arguments: tuple[Node, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Step:
    """A property or an index behind a value; `key` is a Literal string for `.name`."""

    key: Node
    offset: int


@dataclass(frozen=True, slots=True)
class Path:
    """A value and the steps into it. A list, no nesting: a path of thousands of steps needs no recursion."""

    base: Node
    steps: tuple[Step, ...]


Node = Union[Literal, Call, Path]  # noqa: UP007 - a name that its own members use


def calls(node: Node) -> Iterator[Call]:
    """Every call in a tree, outer ones first."""
    # Without recursion: the tree may be as deep as the limit allows.
    pending: list[Node] = [node]
    while pending:
        item = pending.pop()
        if isinstance(item, Call):
            yield item
            pending.extend(item.arguments)
        elif isinstance(item, Path):
            pending.append(item.base)
            pending.extend(step.key for step in item.steps)


def write_expression(node: Node) -> str:
    """The text of a tree, without the brackets around it; parsing it gives the tree again."""
    if isinstance(node, Literal):
        return "'" + node.value.replace("'", "''") + "'" if isinstance(node.value, str) else _number(node.value)
    if isinstance(node, Call):
        return f"{node.name}({', '.join(map(write_expression, node.arguments))})"
    return write_expression(node.base) + "".join(_step(step.key) for step in node.steps)


def _step(key: Node) -> str:
    if isinstance(key, Literal) and isinstance(key.value, str) and key.value.isidentifier() and key.value.isascii():
        return f".{key.value}"
    return f"[{write_expression(key)}]"


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:f}"
