"""How one record goes through a query: what was computed, where it was dropped, which branches it took."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.diagnostics import Span

if TYPE_CHECKING:
    from provisioner.kql.evaluation.query_evaluator import QueryFunction, ResultRow
    from provisioner.kql.ir.bound_expression import BoundExpression
    from provisioner.kql.ir.bound_query import Query
    from provisioner.kql.values import Value


@dataclass(frozen=True, slots=True)
class TraceEvent:
    """Something that happened at a piece of the text.

    `kind`: "kept" or "dropped" by a condition, "branch" taken (`value` is its number from 0, the last being the
    rest), "null" where an expression came to null although it had something to work on.
    """

    kind: str
    span: Span
    text: str
    value: object = None


@dataclass(frozen=True, slots=True)
class Trace:
    """The events of one record in order, the rows it became, and the notes made on the way."""

    events: tuple[TraceEvent, ...]
    rows: tuple[ResultRow, ...]
    notes: tuple[str, ...]

    @property
    def dropped(self) -> TraceEvent | None:
        """The condition that dropped the record; None where it went through."""
        conditions = [event for event in self.events if event.kind == "dropped"]
        return conditions[-1] if conditions and not self.rows else None

    @property
    def nulls(self) -> tuple[TraceEvent, ...]:
        """The expressions that came to null."""
        return tuple(event for event in self.events if event.kind == "null")


def trace(query: Query, row: Mapping[str, object], now: dt.datetime | str | None = None) -> Trace:
    """Run one record through a query and record what happens to it.

    `now` is what now() gives; ValueError where it is no time.
    """
    # compiled for this record and not kept: a trace is mostly asked for once, and its code is slower
    return RecordTracer(query).trace(row, now)


class RecordTracer:
    """Traces records through one query, whose code with the recording calls is compiled once.

    `form` is that of the rows, as for `evaluate`.
    """

    def __init__(self, query: Query, form: str = "python") -> None:
        from provisioner.kql.evaluation.query_evaluator import compile_python
        from provisioner.kql.evaluation.query_program import QueryProgram

        self._query = query
        program = QueryProgram(form, query.shared_values, tracing=True)
        name = program.compile_query(query.rows)
        self._recorder = TraceRecorder(query.text, program.conditions, program.writer.traced)
        names: dict[str, Any] = {**program.writer.names, **self._recorder.functions()}
        exec(compile_python(program.python_source()), names)  # noqa: S102 - our own source; the author's texts are constants
        self._run: QueryFunction = names[name]

    def trace(self, row: Mapping[str, object], now: dt.datetime | str | None = None) -> Trace:
        """What happens to one record; see the function `trace`."""
        from provisioner.kql.evaluation.query_evaluator import records_by_table
        from provisioner.kql.evaluation.run_context import RunContext, ticks_of_now

        self._recorder.events = []
        context = RunContext(ticks_of_now(now))
        rows = tuple(self._run(records_by_table(self._query, [row]), context))
        return Trace(tuple(self._recorder.events), rows, tuple(context.notes))


class TraceRecorder:
    """Collects the events while the generated code runs; an expression is known by its number in that code."""

    def __init__(self, text: str, conditions: list[BoundExpression], traced: list[BoundExpression]) -> None:
        self.text = text
        self.conditions = conditions
        self.traced = traced
        self.events: list[TraceEvent] = []

    def functions(self) -> dict[str, Callable[..., object]]:
        """The functions that generated code calls when it is traced."""
        return {
            "record_condition": self.record_condition,
            "record_branch": self.record_branch,
            "record_null": self.record_null,
        }

    def record_condition(self, number: int, value: Value) -> Value:
        """A condition's value, recorded."""
        self._add("kept" if value else "dropped", self.conditions[number], value)
        return value

    def record_branch(self, number: int, branch: int, value: Value) -> Value:
        """The value of a branch that was taken."""
        self._add("branch", self.traced[number], branch)
        return value

    def record_null(self, number: int, value: Value) -> Value:
        """The value of an expression; recorded where it is null."""
        if value is None:
            self._add("null", self.traced[number], None)
        return value

    def _add(self, kind: str, expression: BoundExpression, value: object) -> None:
        span = expression.span
        self.events.append(TraceEvent(kind, span, self.text[span.start : span.end], value))
