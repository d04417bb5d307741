"""What is sent to one stream of one DCR, and what must come of it in each of its tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.errors import CloudError
from provisioner.model import Dcr, Stream
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.bound_flow import Lane
from provisioner.probes.expected_row import Cells


@dataclass(slots=True)
class Leg:
    """The way into one table, while it is under way. Rows are told apart by the number in their marker.

    `columns` are those in which the marker comes out; none: the row is known by its time and its values alone.
    """

    shot: Shot
    lane: Lane
    expected: dict[int, Cells]
    columns: frozenset[str]
    plan: str = "analytics"
    found: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    seen: dt.datetime | None = None
    query_error: CloudError | None = None
    unknown: str | None = None
    """What the workspace says where its queries do not know the table or a column of it."""
    diagnosis: Diagnosis | None = None
    told: bool = False
    suspected: float = 0.0
    """How late it was when reasons were last looked for, in seconds."""
    elsewhere: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    """Rows found when asked for without a span of time."""

    @property
    def waited(self) -> float:
        """Seconds since the endpoint last took the records."""
        accepted = self.shot.accepted
        return (dt.datetime.now(dt.UTC) - accepted).total_seconds() if accepted else 0.0

    @property
    def latency(self) -> float | None:
        """Seconds from the first acceptance to the first sight of the last row."""
        first = self.shot.first_accepted
        return None if first is None or self.seen is None else max(0.0, (self.seen - first).total_seconds())

    @property
    def table(self) -> str:
        """The table's name."""
        return self.lane.flow.table

    def wrong(self, number: int) -> tuple[str, ...]:
        """The columns of a found row that are not as foretold."""
        row = self.found[number]
        return tuple(name for name, cell in self.expected[number].items() if not self.holds(name, row, cell))

    def holds(self, name: str, row: Mapping[str, Any], cell: Any) -> bool:
        """Whether one cell is as foretold."""
        sent = self.shot.accepted or self.shot.made
        return bool(cell.holds(row.get(name), min(sent, self.shot.made), self.seen or dt.datetime.now(dt.UTC)))

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers of rows that were not found."""
        return tuple(number for number in self.expected if number not in self.found)

    @property
    def differing(self) -> tuple[str, ...]:
        """Columns that differ in any row found, without those that no transform writes."""
        names = {name: None for number in self.found for name in self.wrong(number)}
        return tuple(name for name in names if name not in self.lane.unwritten)

    @property
    def arrived(self) -> bool:
        """Whether nothing more is to be waited for: a column that nobody writes never comes."""
        return not self.missing and not self.differing

    @property
    def settled(self) -> bool:
        """Whether it arrived, or a cause was found that no waiting cures."""
        return self.arrived or (self.diagnosis is not None and not self.diagnosis.passing)


@dataclass(slots=True)
class Shot:
    """Records for one stream of one DCR, numbered from `first`.

    `made` is when they were foretold, `accepted` when the endpoint last took them.
    """

    stream: Stream
    dcr: Dcr
    endpoint: str
    immutable_id: str
    records: list[Mapping[str, Any]]
    first: int
    made: dt.datetime
    legs: list[Leg] = field(default_factory=list)
    first_accepted: dt.datetime | None = None
    accepted: dt.datetime | None = None
    error: CloudError | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """How it is called in what people read."""
        return f"{self.stream.key} via {self.dcr.name}"
