"""What became of a transform test, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from provisioner.diagnostics import Diagnostic, Place


class _Absent:
    """The cell of a column that is not there at all."""

    def __repr__(self) -> str:
        return "(no such column)"


ABSENT: Final = _Absent()
"""Stands for the value of a column that a row does not have; null in JSON."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell: JSON values; `actual` is ABSENT where the rows have no such column."""

    column: str
    expected: Any
    actual: Any

    def json(self) -> dict[str, Any]:
        """The public shape, with `absent` where the column is not there."""
        if self.actual is ABSENT:
            return {"column": self.column, "expected": self.expected, "actual": None, "absent": True}
        return {"column": self.column, "expected": self.expected, "actual": self.actual}


@dataclass(frozen=True, slots=True)
class RowResult:
    """A row expected and the row found in its place; either is None where the other has no partner."""

    expected: Mapping[str, Any] | None
    actual: Mapping[str, Any] | None
    differences: tuple[Difference, ...]

    @property
    def ok(self) -> bool:
        """Whether they are the same."""
        return self.expected is not None and self.actual is not None and not self.differences

    def json(self) -> dict[str, Any]:
        """The public shape."""
        return {
            "expected": None if self.expected is None else dict(self.expected),
            "actual": None if self.actual is None else dict(self.actual),
            "differences": [each.json() for each in self.differences],
        }


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test of one stream, looked at in one table.

    `position` is the test's among the stream's tests. `reason` says in words what is wrong beside the rows.
    """

    __test__ = False  # pytest's collector takes any class that begins with Test

    stream: str
    table: str
    name: str
    ok: bool
    position: int = 0
    rows: tuple[RowResult, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    reason: str | None = None
    place: Place | None = None
    notes: tuple[str, ...] = ()
    """What happened to values of the records on the way, such as one of another type than its column's."""

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "test"."""
        return {
            "stream": self.stream,
            "table": self.table,
            "name": self.name,
            "ok": self.ok,
            "rows": [row.json() for row in self.rows],
            "diagnostics": [each.json() for each in self.diagnostics],
            "reason": self.reason,
            "notes": list(self.notes),
            "file": self.place.file if self.place else None,
            "line": self.place.line if self.place else None,
        }
