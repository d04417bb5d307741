"""What Azure loses in silence, kept here with the reason."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from provisioner.emulator.http.request import World

KEPT = 10_000
"""Drops remembered; the oldest go first."""

REASONS = {
    "NotAnArray": "the body was one object instead of an array of objects",
    "NotAnObject": "a member of the array was not an object",
    "UndeclaredMember": "the stream does not declare this member",
    "StaleRule": "the endpoint still used the rule as it was before its last change",
    "NoFlow": "no data flow of the rule takes this stream to a table",
    "Filtered": "the transform let the row go",
    "TransformFailed": "the transform failed on the row",
    "ColumnNotInTable": "the transform makes a column that the table does not have",
    "NoTimeGenerated": "TimeGenerated was null after the transform",
    "TimeGeneratedReplaced": "TimeGenerated was more than 2 days old or 1 day ahead; the time of receipt took "
    "its place",
    "FieldCut": "a text was longer than 64 KB and was cut",
    "IngestionDisabled": "the workspace takes no data from public networks",
    "OverQuota": "the workspace is over its daily quota",
    "LostOnRequest": "the fault lost_rows is on",
    "TableGone": "the table does not exist any more",
    "ReservedColumn": "the service fills this column itself",
}
"""Every reason with its words."""


@dataclass(slots=True)
class Drops:
    """The losses of one call, counted by reason and detail."""

    dcr: str
    stream: str
    counts: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def add(self, reason: str, detail: str = "", table: str = "", count: int = 1) -> None:
        """Count one more loss."""
        key = (reason, detail, table)
        self.counts[key] = self.counts.get(key, 0) + count

    def failures(self) -> int:
        """How many rows a transform failed on."""
        return sum(count for (reason, _detail, _table), count in self.counts.items() if reason == "TransformFailed")

    def keep(self, world: World) -> None:
        """Write them down."""
        if not self.counts:
            return
        now = world.clock.text()
        rows = [
            (now, self.dcr, self.stream, table, reason, detail, n) for (reason, detail, table), n in self.counts.items()
        ]
        with world.store.write() as db:
            db.executemany(
                "INSERT INTO drops (at, dcr, stream, destination, reason, detail, count) VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            db.execute("DELETE FROM drops WHERE id <= (SELECT max(id) FROM drops) - ?", (KEPT,))


def kept(world: World) -> list[dict[str, Any]]:
    """All that was lost, oldest first."""
    sql = "SELECT at, dcr, stream, destination, reason, detail, count FROM drops ORDER BY id"
    names = ("at", "dcr", "stream", "table", "reason", "detail", "count")
    found = [dict(zip(names, row, strict=True)) for row in world.store.reader().execute(sql)]
    return [{**each, "message": REASONS[each["reason"]]} for each in found]


def sample(value: Any) -> str:
    """A value short enough to be shown."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:197]}..."
