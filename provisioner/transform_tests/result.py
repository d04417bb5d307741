"""What became of a transform test, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from provisioner.diagnostics import Diagnostic, Place
from provisioner.transforms.row_compare import RowResult


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test of one stream, in one of its tables.

    `position` is the test's index among the stream's tests, `place` where the author wrote it. `reason` says what is
    wrong in a line, None where nothing is. `notes` tell what happened to values of the records on the way, such as one
    of another type than its column's.
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

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "test"."""
        return {
            "stream": self.stream,
            "table": self.table,
            "name": self.name,
            "ok": self.ok,
            "rows": [row.json() for row in self.rows],
            "diagnostics": [diagnostic.json() for diagnostic in self.diagnostics],
            "reason": self.reason,
            "notes": list(self.notes),
            "file": self.place.file if self.place else None,
            "line": self.place.line if self.place else None,
        }
