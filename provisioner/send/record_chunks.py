"""From the records of one source to chunks: numbered, checked, counted, dead ones set apart."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from provisioner.probes.expected_row import TIME_COLUMN
from provisioner.send.checkpoint import SettledRecords
from provisioner.send.chunks import Chunk, ChunkBuilder, call_limit
from provisioner.send.raw_record import BrokenInput, RawRecord
from provisioner.send.record_batch import RecordBatch
from provisioner.send.record_check import RecordCheck
from provisioner.send.send_result import DeadRecord, SendResult
from provisioner.send.stream_plan import StreamPlan

_BATCH = 1000
"""Records for which the transforms are run at once."""


class RecordChunker:
    """Makes chunks of a stream's records, and fills the result with what it sees on the way."""

    def __init__(self, plan: StreamPlan, result: SendResult, now: dt.datetime, *, keep_rows: int = 0) -> None:
        """`keep_rows` is how many rows the result is to show as they would be stored."""
        self._plan = plan
        self._result = result
        self._now = now
        self._keep_rows = keep_rows
        self._check = RecordCheck(plan.stream, plan.plans, now, is_plain=plan.is_plain)
        result.warnings = self._check.warnings
        self._limit = call_limit()
        # Two brackets stand around the only record of a call.
        self._longest_text = self._limit - 2
        self._values: list[Any] = []

    def chunks(
        self, source: int, file: str, records: Iterable[RawRecord | RecordBatch | None], settled: SettledRecords
    ) -> Iterator[Chunk | None]:
        """Chunks of a source; None where the source pauses. Records in `settled` are passed over."""
        builder = ChunkBuilder(source, file, 1, self._limit, self._plan.longest_span)
        try:
            for record in records:
                if record is None:
                    yield builder.take()
                elif isinstance(record, RecordBatch):
                    yield from self._add_batch(builder, file, record, settled)
                else:
                    yield from self._add_unsettled(builder, file, record, settled)
        except BrokenInput as error:
            self._result.failures.append(f"{file}: {error}; it was read up to there")
        chunk = builder.take()
        if chunk is not None:
            yield chunk
        self.count_values()

    def _add_batch(
        self, builder: ChunkBuilder, file: str, batch: RecordBatch, settled: SettledRecords
    ) -> Iterator[Chunk]:
        """Add records at once where none of them asks for a closer look, else one by one."""
        sizes = list(map(len, batch.texts) if all(map(str.isascii, batch.texts)) else map(_encoded_size, batch.texts))
        is_sure = self._is_sure(batch, max(sizes)) and not settled.intersects(batch.first, batch.last)
        if not is_sure:
            for record in batch.records():
                yield from self._add_unsettled(builder, file, record, settled)
            return
        self._result.read += len(sizes)
        # In the order of the records: those that came before are counted first, and rows are shown as they come.
        self.count_values()
        self._count(batch.values)
        yield from builder.add_all(batch.first, batch.texts, sizes)

    def _is_sure(self, batch: RecordBatch, largest: int) -> bool:
        # Times of one call may have to lie close together: only `add` looks at them.
        if largest > self._longest_text or self._plan.longest_span is not None:
            return False
        is_exact = not self._plan.runs_transform or not batch.has_long_number()
        return is_exact and self._check.is_sure_of(batch.values, largest)

    def _add_unsettled(
        self, builder: ChunkBuilder, file: str, record: RawRecord, settled: SettledRecords
    ) -> Iterator[Chunk]:
        if settled and record.number in settled:
            self._result.skipped += 1
        elif (chunk := self._add(builder, file, record)) is not None:
            yield chunk

    def _add(self, builder: ChunkBuilder, file: str, record: RawRecord) -> Chunk | None:
        self._result.read += 1
        number, text, value, problem, content, spool = record
        if problem is None:
            size = _encoded_size(text)
            if size > self._longest_text:
                # Spaces between the parts of a record are sent too: without them it may fit.
                text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
                size = len(text.encode())
            # What is too long for a call is not sent: nothing is to be said of its values.
            if size > self._longest_text:
                problem = f"it has {size:,} bytes, and a call takes {self._limit:,}"
            else:
                problem = self._check.refusal(value, size)
        if problem is not None:
            return builder.add_dead(DeadRecord(file, number, problem, text, content, spool))
        self._values.append(value)
        if len(self._values) >= _BATCH:
            self.count_values()
        return builder.add(number, text, size, value.get(TIME_COLUMN) if self._plan.longest_span else None)

    def count_values(self) -> None:
        """Run the transforms over the records since the last time."""
        values, self._values = self._values, []
        if values:
            self._count(values)

    def _count(self, values: Sequence[Any]) -> None:
        for forecast in self._plan.forecasts:
            forecast.count(values, self._now)
            for value in values:
                if len(self._result.rows) >= self._keep_rows:
                    break
                row = forecast.stored_row(value, self._now)
                if row is not None:
                    self._result.rows.append((forecast.flow.table, row))


def _encoded_size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
