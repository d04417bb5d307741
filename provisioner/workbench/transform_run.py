"""A transform over records: its rows, what the table makes of them, what dropped a record, and each step's rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from provisioner import kql
from provisioner.diagnostics import Diagnostic
from provisioner.kql.evaluation.record_trace import RecordTracer, Trace
from provisioner.kql.operators import OPERATOR_PARSERS
from provisioner.kql.syntax.query_parser import parse_query
from provisioner.model import Columns, column_type
from provisioner.pipeline_graph.column_definitions import Definition, definitions_of
from provisioner.transforms.transform_rows import transform_rows
from provisioner.workbench.messages.project_messages import Column
from provisioner.workbench.messages.transform_messages import (
    DroppedRecord,
    OutputColumn,
    OutputRow,
    Step,
    StepResult,
    TextFinding,
    TransformResult,
)

SHOWN_RECORDS = 200
"""How many records are followed one by one; of the others only the number of rows is told."""
_MAX_NOTES = 50
_FATES = {"FIT001": "dropped", "FIT003": "refused", "FIT005": "refused", "FIT006": "null"}

Records = Sequence[Mapping[str, Any]]


def run_transform(
    text: str, columns: Sequence[Column], records: Records, table_columns: Sequence[Column], now: str | None
) -> TransformResult:
    """What a transform makes of records. A text with errors gives its findings and no rows; `now` is ISO text."""
    query, diagnostics = kql.bind(text, _kql_columns(columns))
    steps = tuple(pipeline_steps(text))
    if query is None:
        findings = tuple(_finding(one) for one in diagnostics)
        return TransformResult(False, findings, (), (), (), (), steps, (), len(records), 0, 0)
    table = _kql_columns(table_columns)
    # Without the table's columns nothing can be said of their fate; a shared case may have none.
    fits = kql.fit(query, table) if table else []
    shown = records[:SHOWN_RECORDS]
    rows, dropped, notes = _follow(query, shown, now)
    # Code that records what happens is several times slower: for the rest only rows are counted.
    rest = records[SHOWN_RECORDS:]
    rest_rows = sum(1 for _ in kql.evaluate(query, rest, now=now, form="json", notes=notes)) if rest else 0
    return TransformResult(
        bound=True,
        findings=tuple(_finding(one) for one in (*diagnostics, *fits)),
        columns=tuple(_output_columns(query, table, fits)),
        unwritten=tuple(column for column in table_columns if column.name not in query.columns),
        rows=rows,
        dropped=dropped,
        steps=steps,
        notes=tuple(notes)[:_MAX_NOTES],
        record_count=len(records),
        row_count=len(rows) + rest_rows,
        shown_records=len(shown),
    )


def run_step(text: str, columns: Sequence[Column], records: Records, step: int, now: str | None) -> StepResult | None:
    """The rows behind a step, 0 being the records as they come in; None where the text before it has errors."""
    steps = list(pipeline_steps(text))
    if not 0 <= step <= len(steps):
        return None
    # The text up to a step is a transform of its own: what stands before the first pipe is kept, `let` and all.
    end = steps[step - 1].end if step else _source_end(text)
    part = text[:end]
    query = bind_columns(part, columns)
    if query is None:
        return None
    rows = transform_rows(query, records[:SHOWN_RECORDS], _clock(now))
    total = len(rows)
    if len(records) > SHOWN_RECORDS:
        total += len(transform_rows(query, records[SHOWN_RECORDS:], _clock(now)))
    return StepResult(
        steps[step - 1].text if step else part.strip(),
        tuple(Column(name, kind) for name, kind in query.columns.items()),
        tuple(rows),
        len(records),
        total,
    )


def bind_columns(text: str, columns: Sequence[Column]) -> kql.Query | None:
    """The query of a transform over columns; None where it has errors."""
    return kql.bind(text, _kql_columns(columns))[0]


def pipeline_steps(text: str) -> Iterator[Step]:
    """The operators of a text's pipeline, as far as they can be read."""
    script, _ = parse_query(text, OPERATOR_PARSERS)
    for operator in script.pipeline.operators if script.pipeline else ():
        yield Step(operator.start, operator.end, text[operator.start : operator.end])


def _source_end(text: str) -> int:
    script, _ = parse_query(text, OPERATOR_PARSERS)
    return script.pipeline.source.end if script.pipeline else len(text)


def _clock(now: str | None) -> Any:
    from provisioner.probes.expected_row import parse_time

    return parse_time(now) if now else None


def _kql_columns(columns: Sequence[Column]) -> dict[str, str]:
    """The columns in KQL's types; an unknown spelling stays, and is taken as dynamic."""
    return Columns(
        {column.name: kind.name if (kind := column_type(column.type)) else column.type for column in columns}
    ).kql()


def _finding(diagnostic: Diagnostic) -> TextFinding:
    return TextFinding(
        diagnostic.code,
        diagnostic.severity,
        diagnostic.message,
        diagnostic.hint,
        diagnostic.span.start,
        diagnostic.span.end,
    )


def _output_columns(query: kql.Query, table: Mapping[str, str], fits: Sequence[Diagnostic]) -> Iterator[OutputColumn]:
    # Reversed, so that the first diagnostic about a column is the one that stays.
    by_column = {one.subject: one for one in reversed(fits) if one.subject in query.columns}
    for name, kind in query.columns.items():
        fit = by_column.get(name) if table else None
        fate = _FATES.get(fit.code, "refused" if fit.severity == "error" else "kept") if fit else "kept"
        yield OutputColumn(name, kind, fate, fit.message if fit else None)  # type: ignore[arg-type]


def _follow(
    query: kql.Query, records: Records, now: str | None
) -> tuple[tuple[OutputRow, ...], tuple[DroppedRecord, ...], dict[str, int]]:
    """The rows of the records one by one, the records of which none came, and the notes made on the way."""
    tracer = RecordTracer(query, "json")
    definitions = {name: definitions_of(query, name) for name in query.columns}
    rows: list[OutputRow] = []
    dropped: list[DroppedRecord] = []
    notes: dict[str, int] = {}
    for number, record in enumerate(records):
        trace = tracer.trace(record, now)
        for note in trace.notes:
            notes[note] = notes.get(note, 0) + 1
        if not trace.rows:
            dropped.append(_dropped(number, trace))
        for row in trace.rows:
            nulls = {
                name: _null_reason(query, name, definitions[name], trace, record)
                for name, value in row.items()
                if value is None
            }
            rows.append(OutputRow(number, row, nulls))
    return tuple(rows), tuple(dropped), notes


def _dropped(number: int, trace: Trace) -> DroppedRecord:
    condition = trace.dropped
    if condition is None:
        return DroppedRecord(number, None, 0, 0)
    return DroppedRecord(number, " ".join(condition.text.split()), condition.span.start, condition.span.end)


def _null_reason(
    query: kql.Query, column: str, definitions: Sequence[Definition], trace: Trace, record: Mapping[str, Any]
) -> str:
    """Why a cell is null: the innermost expression that came to null, or a column that the record lacks."""
    spans = [definition.span for definition in definitions]
    nulls = [
        event
        for event in trace.nulls
        if any(span.start <= event.span.start and event.span.end <= span.end for span in spans)
    ]
    # A missing column explains more than the cast that gave null because of it.
    inputs = query.lineage.get(column, ())
    absent = [name for name in inputs if record.get(name) is None]
    if absent and (not nulls or len(absent) == len(inputs)):
        name = absent[0]
        return f"the record has no {name}" if name not in record else f"{name} is null in the record"
    if nulls:
        # Arguments are computed before what they are handed to: the first null is the innermost.
        return f"{' '.join(nulls[0].text.split())} is null"
    noted = next((note for note in trace.notes if any(f"'{name}'" in note for name in inputs)), None)
    return noted or "the expression comes to null"
