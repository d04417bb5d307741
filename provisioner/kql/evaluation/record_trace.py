"""How one record goes through a query: what was computed, where it was dropped, which branches it took."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.diagnostics import Span

if TYPE_CHECKING:
    from provisioner.kql.ir.bound_expression import Bound
    from provisioner.kql.ir.bound_query import Query


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a piece of the text.

    `kind`: "kept" or "dropped" by a condition, "branch" taken (`value` is its number from 0, the last being the
    rest), "null" where an expression came to null although it had something to work on.
    """

    kind: str
    span: Span
    text: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Trace:
    """The events of one record in order, the rows it became, and the notes made on the way."""

    events: tuple[Event, ...]
    rows: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]

    @property
    def dropped(self) -> Event | None:
        """The condition that dropped the record; None where it went through."""
        found = [event for event in self.events if event.kind == "dropped"]
        return found[-1] if found and not self.rows else None

    @property
    def nulls(self) -> tuple[Event, ...]:
        """The expressions that came to null."""
        return tuple(event for event in self.events if event.kind == "null")


def trace(query: Query, row: Mapping[str, Any], now: dt.datetime | str | None = None) -> Trace:
    """Run one record through a query and tell what happened to it."""
    from provisioner.kql.evaluation.query_evaluator import compiled, tables_of
    from provisioner.kql.evaluation.query_program import Program
    from provisioner.kql.evaluation.run_context import Context, clock

    program = Program("python", query.shared, tracing=True)
    name = program.main(query.rows)
    recorder = Recorder(query.text, program.guards, program.writer.traced)
    names = {**program.writer.names, "guard": recorder.guard, "branch": recorder.branch, "seen": recorder.seen}
    exec(compiled(program.source()), names)  # noqa: S102 - the source is ours: texts of the author's are constants in it
    context = Context(clock(now))
    rows = tuple(names[name](tables_of(query, [row]), context))
    return Trace(tuple(recorder.events), rows, tuple(context.notes))


class Recorder:
    """Collects the events while the generated code runs."""

    def __init__(self, text: str, guards: list[Bound], traced: list[Bound]) -> None:
        self.text = text
        self.guards = guards
        self.traced = traced
        self.events: list[Event] = []

    def guard(self, number: int, value: Any) -> Any:
        """A condition's value, remembered."""
        self._add("kept" if value else "dropped", self.guards[number], value)
        return value

    def branch(self, number: int, place: int, value: Any) -> Any:
        """The value of a branch that was taken."""
        self._add("branch", self.traced[number], place)
        return value

    def seen(self, number: int, value: Any) -> Any:
        """The value of an expression; remembered where it is null."""
        if value is None:
            self._add("null", self.traced[number], None)
        return value

    def _add(self, kind: str, bound: Bound, value: Any) -> None:
        span = bound.span
        self.events.append(Event(kind, span, self.text[span.start : span.end], value))
