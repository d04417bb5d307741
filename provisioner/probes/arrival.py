"""What became of the rows that were sent, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why rows or columns are not there: a code, what happened, the evidence, and what to do next.

    `transient`: time alone may cure it, so it is worth waiting.
    """

    code: str
    message: str
    evidence: tuple[str, ...]
    next: str
    transient: bool = False

    def json(self) -> dict[str, Any]:
        """The public shape."""
        return {"code": self.code, "message": self.message, "evidence": list(self.evidence), "next": self.next}


@dataclass(frozen=True, slots=True)
class ColumnArrival:
    """One cell: the expected JSON value, or a description where it cannot be computed here, and what arrived."""

    name: str
    expected: Any
    arrived: Any
    ok: bool

    def json(self) -> dict[str, Any]:
        """The public shape."""
        return {"name": self.name, "expected": self.expected, "arrived": self.arrived, "ok": self.ok}


@dataclass(frozen=True, slots=True)
class RowArrival:
    """One expected row, cell by cell; `arrived` is False where the table has no row for it."""

    columns: tuple[ColumnArrival, ...]
    arrived: bool = True

    @property
    def ok(self) -> bool:
        """Whether the row arrived and each cell is as expected."""
        return self.arrived and all(column.ok for column in self.columns)

    def json(self) -> dict[str, Any]:
        """The public shape."""
        return {"columns": [column.json() for column in self.columns], "arrived": self.arrived}


@dataclass(frozen=True, slots=True)
class Arrival:
    """One stream of one DCR and one of its tables.

    `sent` and `arrived` count rows; `seconds` go from acceptance to the moment the last row was seen. `unproven` are
    columns that were null in every row: whether a value would have arrived is not known.
    """

    stream: str
    table: str
    dcr: str
    sent: int
    arrived: int
    ok: bool
    seconds: float | None = None
    rows: tuple[RowArrival, ...] = ()
    diagnosis: Diagnosis | None = None
    unproven: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "verify"."""
        return {
            "stream": self.stream,
            "table": self.table,
            "dcr": self.dcr,
            "sent": self.sent,
            "arrived": self.arrived,
            "seconds": self.seconds,
            "ok": self.ok,
            "diagnosis": self.diagnosis.json() if self.diagnosis else None,
            "rows": [row.json() for row in self.rows],
            "unproven": list(self.unproven),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """A whole run. `exclude` is KQL, by table, that leaves its test rows out of a query."""

    run_id: str
    streams: tuple[Arrival, ...]
    sent: bool = True
    notes: tuple[str, ...] = ()
    exclude: tuple[tuple[str, str], ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything arrived as expected."""
        return all(arrival.ok for arrival in self.streams)

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "verify"."""
        return {
            "run_id": self.run_id,
            "sent": self.sent,
            "ok": self.ok,
            "streams": [arrival.json() for arrival in self.streams],
            "notes": list(self.notes),
            "exclude": dict(self.exclude),
        }
