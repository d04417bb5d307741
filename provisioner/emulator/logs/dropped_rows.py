"""The rows that Azure drops although it answers 204, recorded here with the reason."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provisioner.emulator.state import EmulatorState

DROPS_LIMIT = 10_000
"""Drops recorded; the oldest go first."""

REASONS = {
    "NotAnArray": "the body was one object instead of an array of objects",
    "NotAnObject": "a member of the array was not an object",
    "UndeclaredMember": "the stream does not declare this member",
    "StaleRule": "the endpoint still used the rule as it was before its last change",
    "NoFlow": "no data flow of the rule takes this stream to a table",
    "Filtered": "the transform let the row go",
    "TransformFailed": "the transform failed on the row",
    "ColumnNotInTable": "the transform makes a column that the table does not have",
    "ValueOfOtherType": "the value is not of its column's type; null took its place",
    "TimeFormat": "TimeGenerated of an auxiliary table was not ISO 8601 with six decimals; the time of receipt took "
    "its place",
    "ColumnsDifferByCase": "two columns of the auxiliary table differ by case alone; its rows are lost",
    "TimeGeneratedReplaced": "TimeGenerated was more than 2 days old or 1 day ahead; the time of receipt took "
    "its place",
    "FieldCut": "a text was longer than 64 KB and was cut",
    "IngestionDisabled": "the workspace takes no data from public networks",
    "OverQuota": "the workspace is over its daily quota",
    "LostOnRequest": "the fault lost_rows is on",
    "TableGone": "the table does not exist any more",
    "EmulatorFailed": "the emulator failed on the call; its log says where",
    "ReservedColumn": "the service fills this column itself",
}
"""Every reason with its message."""


@dataclass(slots=True)
class DropCounter:
    """What one ingestion call lost, counted by reason, detail and table."""

    dcr: str
    stream: str
    counts: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def add(self, reason: str, detail: str = "", table: str = "", count: int = 1) -> None:
        """Count a loss for one of REASONS."""
        key = (reason, detail, table)
        self.counts[key] = self.counts.get(key, 0) + count

    def transform_failures(self) -> int:
        """How many rows a transform failed on."""
        return sum(count for (reason, _detail, _table), count in self.counts.items() if reason == "TransformFailed")

    def save(self, state: EmulatorState) -> None:
        """Write the counts to the store."""
        if not self.counts:
            return
        now = state.clock.iso_now()
        rows = [
            (now, self.dcr, self.stream, table, reason, detail, count)
            for (reason, detail, table), count in self.counts.items()
        ]
        with state.store.write() as db:
            db.executemany(
                "INSERT INTO drops (at, dcr, stream, destination, reason, detail, count) VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            # A sender that loses every row must not fill the disk.
            db.execute("DELETE FROM drops WHERE id <= (SELECT max(id) FROM drops) - ?", (DROPS_LIMIT,))


def list_drops(state: EmulatorState) -> list[dict[str, object]]:
    """All recorded losses, oldest first: time, rule, stream, table, reason, detail, count and message."""
    sql = "SELECT at, dcr, stream, destination, reason, detail, count FROM drops ORDER BY id"
    columns = ("at", "dcr", "stream", "table", "reason", "detail", "count")
    drops = [dict(zip(columns, row, strict=True)) for row in state.store.read_connection().execute(sql)]
    # A state directory may hold drops of an earlier version, with a reason that is none any more.
    return [{**drop, "message": REASONS.get(drop["reason"], drop["reason"])} for drop in drops]


def short_json(value: object) -> str:
    """A value as JSON, cut to 200 characters."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:197]}..."
