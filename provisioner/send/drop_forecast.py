"""What the transforms of a stream will make of records: rows by table, and which condition leaves how many out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from provisioner.kql.evaluation.filter_counts import CountingQuery
from provisioner.probes.bound_flow import BoundFlow
from provisioner.send.send_result import ReasonCounter

Record = Mapping[str, Any]


class FlowForecast:
    """One flow's transform over the records of a run; `expected_rows` counts what should be stored of them."""

    def __init__(self, flow: BoundFlow) -> None:
        self.flow = flow
        self.expected_rows = 0
        self._query = CountingQuery(flow.query)
        # A transform that can drop nothing need not be run to know how many rows come out of it.
        self.must_run = bool(self._query.conditions) or not self._query.is_row_by_row
        self._failed = 0

    def count(self, records: Sequence[Record], now: dt.datetime) -> None:
        """Foresee what becomes of records that are sent."""
        self.expected_rows += self.run(records, now) if self.must_run else len(records)

    def run(self, records: Sequence[Record], now: dt.datetime) -> int:
        """How many rows come out of records."""
        drops = list(self._query.drops)
        try:
            return sum(1 for _ in self._query.run(records, now))
        except Exception:  # noqa: BLE001 - the service loses such a row alone: the rows are run one by one
            self._query.drops[:] = drops
            return sum(self._run_one(record, now) for record in records)

    def _run_one(self, record: Record, now: dt.datetime) -> int:
        try:
            return sum(1 for _ in self._query.run([record], now))
        except Exception:  # noqa: BLE001 - counted, and said in the result: whatever it is, the row is lost
            self._failed += 1
            return 0

    def stored_row(self, record: Record, now: dt.datetime) -> dict[str, Any] | None:
        """The row of a record as it would be stored; None for one that is dropped.

        What only Azure knows, such as the time of receipt, is named in brackets.
        """
        row = self.flow.expected_row(record, now)
        if row is None:
            return None
        return {name: cell.json() for name, cell in row.items() if cell.expectation != "unwritten"}

    def add_to(self, dropped: ReasonCounter, *, several: bool) -> None:
        """Add the drops so far to a count; with `several` flows each reason names its table."""
        prefix = f"{self.flow.table}: " if several else ""
        for condition, count in zip(self._query.conditions, self._query.drops, strict=True):
            if count:
                dropped.add(f"{prefix}where {' '.join(condition.split())}", count)
        if self._failed:
            dropped.add(f"{prefix}the transform fails on the record", self._failed)
