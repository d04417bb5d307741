"""Stored rows: kept as chunks, one for each call and table, and read by time and by the words they contain."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.emulator.clock import to_iso
from provisioner.emulator.logs.bloom_filter import build_filter, may_contain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from provisioner.emulator.state import EmulatorState

FAR_PAST, FAR_FUTURE = "0001", "9999"
"""Texts that sort before and after every TimeGenerated."""


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which rows of a table a query can need: TimeGenerated from `start` to `end`, and words that each row contains."""

    start: str = FAR_PAST
    end: str = FAR_FUTURE
    required_words: frozenset[bytes] = frozenset()


def table_key(workspace_guid: str, table: str) -> str:
    """The key under which a table's rows are stored."""
    return f"{workspace_guid}/{table}"


def append_rows(state: EmulatorState, key: str, rows: Sequence[dict[str, object]], received: float) -> None:
    """Store the rows of one call, received at that time, under a table's key; the faults on rows act here."""
    if not rows:
        return
    visible = received + state.faults.seconds_of("late_rows", 0.0)
    times = [str(row["TimeGenerated"]) for row in rows]
    text = "\n".join(json.dumps(row, separators=(",", ":"), ensure_ascii=False) for row in rows)
    if not text.isascii():
        # Half a surrogate pair is no character: SQLite could not store it.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    duplicates = state.faults.happens("duplicate_rows", "POST", key)
    bits = build_filter(text)
    with state.store.write() as db:
        for _copy in range(1 + (duplicates.values["copies"] if duplicates else 0)):
            inserted = db.execute(
                "INSERT INTO chunks (place, least, most, received, visible, size, item, rows)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (key, min(times), max(times), received, visible, len(rows), uuid.uuid4().hex, text),
            )
            db.execute("INSERT INTO marks VALUES (?, ?)", (inserted.lastrowid, bits))


def read_rows(
    state: EmulatorState, key: str, row_filter: RowFilter, standard: dict[str, object]
) -> Iterator[dict[str, object]]:
    """The visible rows of a table that the filter lets through, with the standard columns and those of `standard`.

    Rows that do not pass may come too: whole chunks are taken or left by their times.
    """
    workspace, _, table = key.partition("/")
    db = state.store.read_connection()
    sql = (
        "SELECT id, bits FROM chunks LEFT JOIN marks ON chunk = id "
        "WHERE place = ? AND most >= ? AND least <= ? AND visible <= ? ORDER BY id"
    )
    chunks = db.execute(sql, (key, row_filter.start, row_filter.end, state.clock.now())).fetchall()
    words = row_filter.required_words
    # One chunk in memory at a time: the rows of a table may be more than fit.
    for chunk in [number for number, bits in chunks if may_contain(bits, words)]:
        received, item, text = db.execute("SELECT received, item, rows FROM chunks WHERE id = ?", (chunk,)).fetchone()
        fixed = {
            "TenantId": workspace,
            "Type": table,
            "_TimeReceived": to_iso(received),
            "_IsBillable": True,
        }
        for number, line in enumerate(text.split("\n")):
            if not words or _contains_words(line, words):
                row = json.loads(line)
                # A row says itself where it comes from, where it stands for the log of a resource.
                yield {**standard, **row, **fixed, "_ItemId": _item_id(item, number), "_BilledSize": float(len(line))}


def _contains_words(line: str, words: frozenset[bytes]) -> bool:
    lower_line = line.encode().lower()
    return all(word in lower_line for word in words)


def _item_id(chunk_item: str, number: int) -> str:
    item = chunk_item
    return f"{item[:8]}-{item[8:12]}-{item[12:16]}-{item[16:20]}-{number:012x}"
