"""What an expression gives when it has no value: known only later, or missing in the source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Unknown:
    """No value. `text` is as much of it as can be said in a text."""

    text: str

    @property
    def name(self) -> str:
        """What stands in for the value in words."""
        return self.text


@dataclass(frozen=True, slots=True)
class UnresolvedValue(Unknown):
    """Not in the source: `missing` names the parameter, function or property that is missing.

    `text` has `{{name}}` where the value would stand, as in `dcr-{{prefix}}`.
    """

    missing: str
    expression: str = field(default="", compare=False)
    """The expression that gave it, without brackets; equal ones in one resource mean equal values."""

    @property
    def name(self) -> str:
        """What is missing."""
        return self.missing


@dataclass(frozen=True, slots=True)
class Deferred(Unknown):
    """Known only once the resources `after` (their ids) are deployed; `text` is the expression, in brackets."""

    after: tuple[str, ...]


def unresolved(name: str) -> UnresolvedValue:
    """A value of which only the name of what is missing is known."""
    return UnresolvedValue("{{" + name + "}}", name)


def unknowns_in(value: Any) -> Iterator[Unknown]:
    """The unknown values in a value, arrays and objects looked through."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, Unknown):
            yield item
        elif isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)


def combined(unknowns: list[Unknown], text: str | None = None) -> Unknown:
    """One unknown for a value that is made of several; a UnresolvedValue wins, since waiting would not fill it."""
    unresolved_values = [unknown for unknown in unknowns if isinstance(unknown, UnresolvedValue)]
    if unresolved_values:
        first = unresolved_values[0]
        # Another value than the one it is made of: its own expression is not known here.
        return replace(first, text=first.text if text is None else text, expression="")
    deferred = [unknown for unknown in unknowns if isinstance(unknown, Deferred)]
    after = tuple(dict.fromkeys(id_ for unknown in deferred for id_ in unknown.after))
    return Deferred(unknowns[0].text, after)
