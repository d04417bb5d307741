"""The records that are sent: the author's where there are any, else synthetic ones that the transform lets through."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from provisioner import kql
from provisioner.kql.ir.row_steps import FilterRows
from provisioner.model import Stream
from provisioner.probes.bound_flow import BoundFlow
from provisioner.probes.expected_row import TIME_COLUMN, is_time_replaced, parse_time
from provisioner.verify.record_builder import RecordBuilder
from provisioner.verify.synthetic_records import edge_case_records, synthetic_record
from provisioner.verify.transform_hints import TransformHints
from provisioner.verify.value_paths import ReadValue, ValuePath, ValueReader

SampleRecord = dict[str, Any]
_MAX_RECORDS = 10
"""Records sent to one stream; more would prove nothing new."""
_MAX_ATTEMPTS = 400
"""Synthetic records tried against the filters of a transform."""


@dataclass(frozen=True, slots=True)
class SampleRecords:
    """Records and where they are from.

    `filtered` counts the author's records that reach no table: not sent. `edge_cases` are sent where they can be
    marked.
    """

    records: tuple[SampleRecord, ...]
    origin: Literal["tests", "samples", "synthetic"]
    filtered: int = 0
    edge_cases: tuple[SampleRecord, ...] = ()


def choose_records(
    stream: Stream, flows: Sequence[BoundFlow], now: dt.datetime, *, edge_cases: bool = False
) -> SampleRecords:
    """Records of a stream that reach at least one of its tables; none where no record is found that does."""
    chooser = _RecordChooser(stream, flows, now)
    by_origin: list[tuple[Literal["tests", "samples"], list[SampleRecord]]] = [
        ("tests", [dict(record) for test in stream.tests if test.expect_error is None for record in test.given]),
        ("samples", [dict(record) for record in stream.samples]),
    ]
    filtered = 0
    for origin, records in by_origin:
        timely = [chooser.with_present_time(record) for record in _distinct(records)]
        stored = [record for record in timely if chooser.is_stored(record)]
        filtered += len(timely) - len(stored)
        if stored:
            chosen = stored[:_MAX_RECORDS]
            # The author's records come first and unchanged: they are what senders really send.
            chosen += chooser.record_filling_nulls(chosen)
            chosen += chooser.records_for_missed_flows(chosen)
            edges = chooser.edge_cases(stored[0]) if edge_cases else ()
            return SampleRecords(tuple(chosen), origin, filtered, edges)
    synthetic = chooser.records_for_missed_flows(())
    edges = chooser.edge_cases(synthetic[0]) if edge_cases and synthetic else ()
    return SampleRecords(tuple(synthetic), "synthetic", filtered, edges)


def explain_refusal(stream: Stream, flow: BoundFlow, now: dt.datetime) -> tuple[str, tuple[str, ...]] | None:
    """The condition that drops the best synthetic record of a flow, and the columns and members that it reads.

    None where no condition drops it: the row itself is refused then.
    """
    attempt = next(_RecordChooser(stream, [flow], now).synthetic_attempts())
    dropped = kql.trace(flow.query, attempt, now).dropped
    if dropped is None:
        return None
    reader = ValueReader(flow.query)
    conditions = [step.condition for step in flow.query.rows.steps if isinstance(step, FilterRows)]
    read = [path for one in conditions if one.span == dropped.span for path in reader.paths_of(one)]
    return " ".join(dropped.text.split()), tuple(dict.fromkeys(str(path) for path in read))


@dataclass(frozen=True, slots=True)
class _RecordChooser:
    """Tries records of one stream against its transforms."""

    stream: Stream
    flows: Sequence[BoundFlow]
    now: dt.datetime

    @property
    def hints(self) -> TransformHints:
        """What the transforms' texts tell of the values that they want."""
        return TransformHints(self.flows, self.now)

    def is_stored(self, record: Mapping[str, Any]) -> bool:
        """Whether any table gets a row of the record."""
        return any(flow.stored_row(record, self.now) is not None for flow in self.flows)

    def with_present_time(self, record: SampleRecord) -> SampleRecord:
        """The record with its time set to the present where Azure would replace it: else that column proves nothing."""
        rows = [row for flow in self.flows if (row := flow.stored_row(record, self.now)) is not None]
        times = [time for row in rows if (time := parse_time(row.get(TIME_COLUMN))) is not None]
        if not any(is_time_replaced(time, self.now) for time in times):
            return record
        sources = {name for flow in self.flows for name in flow.query.lineage.get(TIME_COLUMN, ())}
        present = self.now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        moved = {**record, **{name: present for name in sources if isinstance(record.get(name), str)}}
        moved_rows = [row for flow in self.flows if (row := flow.stored_row(moved, self.now)) is not None]
        moved_times = [parse_time(row.get(TIME_COLUMN)) for row in moved_rows]
        # A filter on the time may now drop rows: then the record is sent as the author wrote it.
        timely = all(time and not is_time_replaced(time, self.now) for time in moved_times)
        return moved if len(moved_rows) == len(rows) and timely else record

    def record_filling_nulls(self, records: Sequence[SampleRecord]) -> list[SampleRecord]:
        """One more record where columns stay null in all of these, with synthetic values in what feeds those columns.

        Whether a value would have arrived cannot be told from a null; so each column ought to hold one at least once.
        """
        null_columns = self._null_columns(records)
        if not null_columns:
            return []
        sources = {name for flow, column in null_columns for name in flow.query.lineage.get(column, ())}
        columns = {name: type_ for name, type_ in self.stream.columns.items() if name in sources}
        synthetic = synthetic_record(columns, self.now)
        for record in records:
            fuller = dict(record)
            for name, value in synthetic.items():
                if columns[name] == "dynamic":
                    fuller[name] = _fill_bag(record.get(name), self.hints.members(name) or value)
                elif record.get(name) in (None, ""):
                    fuller[name] = value
            if self.is_stored(fuller) and len(self._null_columns([*records, fuller])) < len(null_columns):
                return [fuller]
        return []

    def records_for_missed_flows(self, records: Sequence[SampleRecord]) -> list[SampleRecord]:
        """A synthetic record for each flow that none of the records reaches, nor one made before for another flow.

        Flows that divide a stream by `where` let different records through.
        """
        records_for_flows: list[SampleRecord] = []
        for flow in self.flows:
            alone = replace(self, flows=[flow])
            if any(alone.is_stored(record) for record in (*records, *records_for_flows)):
                continue
            # what all transforms look up comes first: one record for several flows is better than one for each
            record = next((one for one in self.synthetic_attempts() if alone.is_stored(one)), None)
            record = record or alone.passing_synthetic_record()
            records_for_flows += [record] if record is not None else []
        return records_for_flows

    def edge_cases(self, base: SampleRecord) -> tuple[SampleRecord, ...]:
        """Stored records at the edges of each type, made from a stored one."""
        return tuple(edge_case_records(base, self.stream.columns, self.is_stored))

    def passing_synthetic_record(self) -> SampleRecord | None:
        """A synthetic record that is stored; None where none of the attempts is."""
        return next((one for one in self.synthetic_attempts() if self.is_stored(one)), None)

    def synthetic_attempts(self) -> Iterator[SampleRecord]:
        """Synthetic records: what the transforms compare with is tried in every column that they read."""
        base = synthetic_record(self.stream.columns, self.now)
        for name, type_ in self.stream.columns.items():
            if type_ == "dynamic":
                base[name] = self.hints.members(name) or base[name]
            elif type_ == "string":
                base[name] = self.hints.text(name) or base[name]
        # What the bound query reads comes first: it reaches inside bags and JSON texts, where the text's hints do not.
        reads = _merged_reads(self.flows)
        built = RecordBuilder(base, self.stream.columns, reads, self.now).records()
        tried = itertools.islice(built, _MAX_ATTEMPTS // 2)
        attempts = itertools.chain(tried, [base], self.hints.variants(base, self.stream.columns))
        return itertools.islice(attempts, _MAX_ATTEMPTS)

    def _null_columns(self, records: Sequence[SampleRecord]) -> list[tuple[BoundFlow, str]]:
        """Columns that a transform writes and that are null for all records."""
        null_columns = []
        for flow in self.flows:
            rows = [row for record in records if (row := flow.stored_row(record, self.now)) is not None]
            written = [name for name in flow.query.columns if flow.columns is None or name in flow.columns]
            empty = [name for name in written if rows and all(row.get(name) in (None, "") for row in rows)]
            null_columns += [(flow, name) for name in empty]
        return null_columns


def _merged_reads(flows: Sequence[BoundFlow]) -> dict[ValuePath, ReadValue]:
    """What the transforms of all flows read."""
    merged: dict[ValuePath, ReadValue] = {}
    for flow in flows:
        for path, read in ValueReader(flow.query).reads.items():
            of_path = merged.setdefault(path, ReadValue())
            of_path.casts += read.casts
            of_path.constants += read.constants
            of_path.patterns += read.patterns
            of_path.lengths += read.lengths
    return merged


def _distinct(records: Sequence[SampleRecord]) -> list[SampleRecord]:
    return list({json.dumps(record, sort_keys=True, default=str): record for record in records}.values())


def _fill_bag(value: Any, members: SampleRecord) -> Any:
    """A bag with the members that it lacks; another value than null or a bag unchanged."""
    if not isinstance(value, dict):
        return members if value is None else value
    lacking = {name: member for name, member in members.items() if value.get(name) is None}
    inner = {name: _fill_bag(one, members[name]) for name, one in value.items() if isinstance(members.get(name), dict)}
    return {**value, **lacking, **inner}
