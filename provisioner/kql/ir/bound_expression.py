"""Expressions after binding: typed, with what they read and how they are computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provisioner.diagnostics import Span

NOTHING: frozenset[str] = frozenset()
NOWHERE = Span(0, 0)


@dataclass(slots=True)
class Bound:
    """A typed expression.

    `kind` says how it is computed: `constant` (value), `variable` (value is its name in the generated code),
    `strict` (value is a template; a null argument makes it null), `free` (a template that handles null itself),
    `member` (a bag and a key), `equal` (value is `==` or `!=`), `and`, `or`, `choose` (condition, result …, otherwise),
    `with` (value names the variables its first arguments are assigned to; the last is the result). Templates hold
    `{0}`, `{1}` for arguments; their helpers are in `helpers`. `volatile` names the functions that make it so.
    `weight` counts the values that a text or a dynamic is put together from.
    """

    kind: str
    type: str
    value: Any = None
    arguments: tuple[Bound, ...] = ()
    helpers: Mapping[str, Any] = field(default_factory=dict)
    nullable: bool = True
    reads: frozenset[str] = NOTHING
    volatile: frozenset[str] = NOTHING
    span: Span = NOWHERE
    name: str | None = None
    wrapped: bool = False
    note: str = ""
    weight: int = 1

    @property
    def is_constant(self) -> bool:
        """Whether the value is known without a row."""
        return self.kind == "constant"


def constant(kind: str, value: Any, span: Span = NOWHERE) -> Bound:
    """A known value of a type."""
    return Bound("constant", kind, value, nullable=value is None, span=span, wrapped=kind == "dynamic")


def compose(
    kind: str,
    result: str,
    value: Any,
    arguments: Sequence[Bound],
    *,
    helpers: Mapping[str, Any] | None = None,
    nullable: bool | None = None,
    volatile: frozenset[str] = NOTHING,
    span: Span = NOWHERE,
    note: str = "",
) -> Bound:
    """An expression over others: it reads what they read, and is as volatile as they are."""
    reads: frozenset[str] = NOTHING
    can_be_null = False
    wrapped = False
    weight = 0
    for argument in arguments:
        reads = reads | argument.reads if reads else argument.reads
        can_be_null = can_be_null or argument.nullable
        volatile = volatile | argument.volatile if volatile else argument.volatile
        wrapped = wrapped or argument.wrapped or argument.type in _WRAPPED
        weight += argument.weight
    return Bound(
        kind,
        result,
        value,
        tuple(arguments),
        helpers or {},
        result != "string" and (can_be_null if nullable is None else nullable),
        reads,
        volatile,
        span,
        None,
        wrapped,
        note,
        max(weight, 1) if result in _GROWING else 1,
    )


HEAVIEST = 100_000
"""How many values a text or a dynamic may be put together from; names used twice over and over ask for any number."""

_GROWING = frozenset(("string", "dynamic", "parts", "unknown"))
_WRAPPED = frozenset(("datetime", "timespan", "guid", "decimal", "real"))
"""The types that JSON cannot say: a dynamic made from one has to be made plain at the edge."""


@dataclass(slots=True)
class Column:
    """A column of the rows at one place of a pipeline."""

    name: str
    type: str
    variable: str
    reads: frozenset[str] = NOTHING
    volatile: frozenset[str] = NOTHING
    span: Span = NOWHERE
    nullable: bool = True
    wrapped: bool = False
    weight: int = 1

    def bound(self, span: Span) -> Bound:
        """The column as an expression."""
        return Bound(
            "variable",
            self.type,
            self.variable,
            nullable=self.nullable and self.type != "string",
            reads=self.reads,
            volatile=self.volatile,
            span=span,
            name=self.name,
            wrapped=self.wrapped,
            weight=self.weight,
        )


Helper = Callable[..., Any]
