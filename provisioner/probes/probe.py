"""A probe: records for one stream of one DCR, and what must come of them in each of its tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.errors import CloudError
from provisioner.model import Dcr, Stream
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.bound_flow import BoundFlow
from provisioner.probes.expected_row import ExpectedCell, ExpectedRow


@dataclass(slots=True)
class ProbeState:
    """What is known of a flow's rows so far; changed by the search, the sender and the monitor.

    `rows` are the best ones found, by the number in their marker; `rows_at_other_times` those that an ordinary search
    does not reach. `changed_at` is when `rows` last changed.
    """

    rows: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    rows_at_other_times: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    changed_at: dt.datetime | None = None
    query_error: CloudError | None = None
    unresolved: str | None = None
    """What the workspace says where its queries do not know the table or a column of it."""
    diagnosis: Diagnosis | None = None
    diagnosed_after: float = 0.0
    """How many seconds after acceptance causes were last looked for."""
    reported: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class FlowProbe:
    """The rows that must arrive in one table, by the number in their marker.

    `marker_columns` are the table's columns that show the marker; empty: a row is known by its time and values alone.
    """

    probe: Probe
    bound_flow: BoundFlow
    expected: Mapping[int, ExpectedRow]
    marker_columns: frozenset[str]
    table_plan: str = "analytics"
    state: ProbeState = field(default_factory=ProbeState)

    @property
    def table(self) -> str:
        """The table's name."""
        return self.bound_flow.table

    @property
    def title(self) -> str:
        """How it is called in what people read."""
        return f"{self.probe.stream.key} → {self.table}"

    @property
    def seconds_waited(self) -> float:
        """Seconds since the endpoint last accepted the records; 0 before that."""
        accepted = self.probe.accepted_at
        return (dt.datetime.now(dt.UTC) - accepted).total_seconds() if accepted else 0.0

    @property
    def latency(self) -> float | None:
        """Seconds from the first acceptance until the last row was seen."""
        accepted, seen = self.probe.first_accepted_at, self.state.changed_at
        return None if accepted is None or seen is None else max(0.0, (seen - accepted).total_seconds())

    def cell_matches(self, name: str, row: Mapping[str, Any], cell: ExpectedCell) -> bool:
        """Whether one cell of a row is as expected."""
        # A row of the first delivery may be found after the second: the earliest time of sending counts.
        planned = self.probe.planned_at
        sent = self.probe.accepted_at or planned
        return cell.matches(row.get(name), min(sent, planned), self.state.changed_at or dt.datetime.now(dt.UTC))

    def differing_cells(self, number: int) -> tuple[str, ...]:
        """The columns of an arrived row that are not as expected."""
        row = self.state.rows[number]
        expected = self.expected[number]
        return tuple(name for name, cell in expected.items() if not self.cell_matches(name, row, cell))

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers of the rows that have not arrived."""
        return tuple(number for number in self.expected if number not in self.state.rows)

    @property
    def differing_columns(self) -> tuple[str, ...]:
        """Columns that differ in any arrived row, without those that no transform writes."""
        names = {name: None for number in self.state.rows for name in self.differing_cells(number)}
        return tuple(name for name in names if name not in self.bound_flow.unwritten_columns)

    @property
    def arrived(self) -> bool:
        """Whether there is nothing more to wait for: a column that no transform writes never comes."""
        return not self.missing and not self.differing_columns

    @property
    def settled(self) -> bool:
        """Whether it arrived, or a cause was named that no waiting cures."""
        diagnosis = self.state.diagnosis
        return self.arrived or (diagnosis is not None and not diagnosis.transient)


@dataclass(slots=True, eq=False)
class Probe:
    """Records for one stream of one DCR, numbered from `first_number`.

    `planned_at` is the clock by which their rows were computed, `accepted_at` when the endpoint last accepted them,
    `send_error` its last refusal.
    """

    stream: Stream
    dcr: Dcr
    endpoint: str
    immutable_id: str
    records: list[Mapping[str, Any]]
    first_number: int
    planned_at: dt.datetime
    flows: list[FlowProbe] = field(default_factory=list)
    first_accepted_at: dt.datetime | None = None
    accepted_at: dt.datetime | None = None
    send_error: CloudError | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """How it is called in what people read."""
        return f"{self.stream.key} via {self.dcr.name}"
