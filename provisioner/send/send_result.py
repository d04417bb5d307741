"""What became of sent records: of one call's, and of a whole run's."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MOST_DEAD_IN_REPORT = 1000
"""Dead records that a result holds; the file of dead letters has all of them."""
_MOST_REASONS = 200


@dataclass(frozen=True, slots=True)
class DeadRecord:
    """A record that cannot be sent: `record` is its number from 1 in `file`.

    `text` is the record, `content` its bytes where they are no text, `spool` the file that holds a very long one.
    """

    file: str
    record: int
    reason: str
    text: str = ""
    content: bytes | None = None
    spool: Path | None = None

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "send"."""
        return {"file": self.file, "record": self.record, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What became of some records that follow one another in a file, `first` to `last`.

    `sent` of them were accepted, `dead` could not be sent; `repeated` of them may be stored twice, because an answer
    of the service was lost.
    """

    file: str
    first: int
    last: int
    sent: int
    dead: tuple[DeadRecord, ...] = ()
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class TableCount:
    """Rows of one table: those that should be there, and those seen (None: not looked for)."""

    table: str
    expected: int
    arrived: int | None = None


class ReasonCounter:
    """Counts by reason in bounded memory: beyond a number of reasons, the rest is counted together."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, reason: str, count: int = 1) -> None:
        """Count a reason."""
        if reason not in self._counts and len(self._counts) >= _MOST_REASONS:
            reason = "for other reasons"
        self._counts[reason] += count

    def json(self) -> list[dict[str, Any]]:
        """Reasons with their counts, in the order in which they were seen first."""
        return [{"reason": reason, "count": count} for reason, count in self._counts.items()]

    def items(self) -> list[tuple[str, int]]:
        """Reasons with their counts."""
        return list(self._counts.items())

    @property
    def total(self) -> int:
        """All counts together."""
        return self._counts.total()


@dataclass(slots=True)
class SendResult:
    """A run in figures; it grows while the run goes on.

    `dropped` says which rows a transform will leave out, `warnings` what else will not arrive as it was sent. `skipped`
    were settled by the run that this one resumes. `failures` name inputs that could not be read to their end.
    """

    stream: str
    read: int = 0
    skipped: int = 0
    sent: int = 0
    dead_count: int = 0
    dead: list[DeadRecord] = field(default_factory=list)
    dropped: ReasonCounter = field(default_factory=ReasonCounter)
    warnings: ReasonCounter = field(default_factory=ReasonCounter)
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    repeated: int = 0
    bytes: int = 0
    seconds: float = 0.0
    dead_letters: Path | None = None
    tables: tuple[TableCount, ...] = ()
    rows: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """The first rows as they would be stored, with their tables; only where nothing was sent."""
    dry_run: bool = False

    @property
    def ok(self) -> bool:
        """Whether every record was accepted, and arrived where that was looked for."""
        is_counted = all(table.arrived is None or table.arrived >= table.expected for table in self.tables)
        return not self.dead_count and not self.failures and is_counted

    def add_dead(self, dead: DeadRecord) -> None:
        """Count a dead record, and keep it as long as there is room."""
        self.dead_count += 1
        if len(self.dead) < MOST_DEAD_IN_REPORT:
            self.dead.append(dead)

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "send"."""
        return {
            "stream": self.stream,
            "read": self.read,
            "sent": self.sent,
            "dropped": self.dropped.json(),
            "dead": [dead.json() for dead in self.dead],
            "dead_count": self.dead_count,
            "dead_letters": str(self.dead_letters) if self.dead_letters and self.dead_count else None,
            "warnings": self.warnings.json(),
            "failures": self.failures,
            "notes": self.notes,
            "skipped": self.skipped,
            "possible_duplicates": self.repeated,
            "bytes": self.bytes,
            "tables": [
                {"table": count.table, "expected": count.expected, "arrived": count.arrived} for count in self.tables
            ],
            **({"rows": [{"table": table, "row": row} for table, row in self.rows]} if self.dry_run else {}),
            "dry_run": self.dry_run,
            "seconds": round(self.seconds, 3),
            "ok": self.ok,
        }
