"""The definitions behind an output column, from the expression that gives it back to the columns of the stream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from provisioner.diagnostics import Span
from provisioner.kql.ir.bound_expression import Variable

if TYPE_CHECKING:
    from provisioner.kql import Query
    from provisioner.kql.ir.bound_expression import BoundExpression


class Definition(NamedTuple):
    """One `name = expression` of a transform: what it reads, as numbers of earlier definitions and input columns."""

    number: int
    name: str
    span: Span
    definitions: tuple[int, ...]
    inputs: tuple[str, ...]


def definitions_of(query: Query, column: str) -> list[Definition]:
    """The definitions that a column comes from, its own first; empty for a column that is passed on as it came.

    A definition that only hands a name on (`project Amount`) is left out.
    """
    last = _last_definition(query, column, len(query.column_definitions))
    waiting = [] if last is None else [last]
    result: dict[int, Definition] = {}
    while waiting:
        number = waiting.pop(0)
        if number not in result:
            result[number] = _definition(query, number)
            waiting.extend(result[number].definitions)
    return list(result.values())


def _definition(query: Query, number: int) -> Definition:
    name, name_span, value = query.column_definitions[number]
    earlier: dict[int, None] = {}
    inputs: dict[str, None] = {}
    for read in _names_read(value):
        source = _last_definition(query, read, number)
        if source is not None:
            earlier[source] = None
        elif read in query.reads:
            inputs[read] = None
    # What no name accounts for, as the columns behind a `summarize` or a `let`, is known to the query alone.
    if not earlier and not inputs:
        inputs = dict.fromkeys(sorted(value.reads))
    span = value.span if value.span.end > value.span.start else name_span
    return Definition(number, name, span, tuple(earlier), tuple(inputs))


def _names_read(value: BoundExpression) -> Iterator[str]:
    # A stack, not a recursion: a chain of a thousand `or` leans to the left.
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Variable) and part.name:
            yield part.name
        waiting.extend(part.arguments)


def _last_definition(query: Query, name: str, before: int) -> int | None:
    """The last definition of a name before a number, followed through those that only hand it on."""
    for number in range(before - 1, -1, -1):
        defined, _, value = query.column_definitions[number]
        if defined != name:
            continue
        if isinstance(value, Variable) and value.name == name:
            # `project Amount`: the definition is an earlier one, or the column came so.
            return _last_definition(query, name, number)
        return number
    return None
