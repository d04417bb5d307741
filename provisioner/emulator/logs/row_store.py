"""Rows of tables: kept as they were sent, a call at a time, and found again by time and by the texts they hold."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.emulator.clock import iso
from provisioner.emulator.logs.bloom_filter import mark, may_hold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from provisioner.emulator.http.request import World

_FAR_PAST, _FAR_FUTURE = "0001", "9999"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of a table a query can need: a span of TimeGenerated, and words that each row must hold."""

    least: str = _FAR_PAST
    most: str = _FAR_FUTURE
    words: frozenset[bytes] = frozenset()


def append(world: World, place: str, rows: Sequence[dict[str, Any]], received: float) -> None:
    """Keep rows of one call; `place` is workspace id and table. They show after the latency that a fault asks for."""
    if not rows:
        return
    visible = received + world.faults.value("late_rows", 0.0)
    times = [row["TimeGenerated"] for row in rows]
    text = "\n".join(json.dumps(row, separators=(",", ":"), ensure_ascii=False) for row in rows)
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # half a pair is no character
    doubled = world.faults.happens("duplicate_rows", "POST", place)
    bits = mark(text)
    with world.store.write() as db:
        for _copy in range(1 + (doubled.values["copies"] if doubled else 0)):
            made = db.execute(
                "INSERT INTO chunks (place, least, most, received, visible, size, item, rows)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (place, min(times), max(times), received, visible, len(rows), uuid.uuid4().hex, text),
            )
            db.execute("INSERT INTO marks VALUES (?, ?)", (made.lastrowid, bits))


def read(world: World, place: str, wanted: Wanted, standard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows of a table that can matter, with the standard columns; others may come too."""
    workspace, _, table = place.partition("/")
    now = world.clock.now()
    db = world.store.reader()
    sql = (
        "SELECT id, bits FROM chunks LEFT JOIN marks ON chunk = id "
        "WHERE place = ? AND most >= ? AND least <= ? AND visible <= ? ORDER BY id"
    )
    found = db.execute(sql, (place, wanted.least, wanted.most, now)).fetchall()
    for chunk in [number for number, bits in found if may_hold(bits, wanted.words)]:
        received, item, text = db.execute("SELECT received, item, rows FROM chunks WHERE id = ?", (chunk,)).fetchone()
        fixed = {
            "TenantId": workspace,
            "Type": table,
            "_TimeReceived": iso(received),
            "_IsBillable": "True",
            **standard,
        }
        for number, line in enumerate(text.split("\n")):
            if not wanted.words or _holds(line, wanted.words):
                row = json.loads(line)
                yield {**row, **fixed, "_ItemId": _item(item, number), "_BilledSize": float(len(line))}


def _holds(line: str, wanted: frozenset[bytes]) -> bool:
    low = line.encode().lower()
    return all(each in low for each in wanted)


def _item(chunk: str, number: int) -> str:
    return f"{chunk[:8]}-{chunk[8:12]}-{chunk[12:16]}-{chunk[16:20]}-{number:012x}"
