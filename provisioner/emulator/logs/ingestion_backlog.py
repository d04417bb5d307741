"""Calls that were answered and whose rows are not stored yet: like Azure, the emulator answers before it transforms.

They lie in the store, so that they outlive the process. Requests for anything but ingestion see them carried out.
"""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING

from provisioner.emulator.http.request import decompress, parse_strict_json
from provisioner.emulator.logs.dropped_rows import DropCounter
from provisioner.emulator.logs.ingestion_call import IngestionCall, carry_out

if TYPE_CHECKING:
    from provisioner.emulator.state import EmulatorState
    from provisioner.emulator.store import StoredResource

# Carrying out a small call costs less than keeping it.
SMALLEST_KEPT = 64 * 1024
_MOST_BYTES = 48 * 1024 * 1024
"""Inflated bytes that may wait: a query after them takes seconds, and no more."""


def is_empty(state: EmulatorState) -> bool:
    """Whether no call waits."""
    return state.store.read_connection().execute("SELECT 1 FROM accepted_calls LIMIT 1").fetchone() is None


def keep(state: EmulatorState, rule: StoredResource, call: IngestionCall, inflated_size: int) -> bool:
    """Keep a call whose body is known to be an array, and carry out older ones where too much waits.

    False where the rule is not what it was when the call was looked at: then it must be carried out at once.
    """
    values = (
        call.rule,
        call.stream,
        call.received,
        call.encoding,
        call.client_request_id,
        call.content,
        inflated_size,
    )
    with state.store.write() as db:
        present = state.store.get(rule.id)
        if present is None or present.body["etag"] != rule.body["etag"]:
            return False
        db.execute(
            "INSERT INTO accepted_calls (rule, stream, received, encoding, client_request, body, inflated)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            values,
        )
        (waiting,) = db.execute("SELECT sum(inflated) FROM accepted_calls").fetchone()
    while waiting > _MOST_BYTES:
        waiting -= carry_out_next(state)
    return True


def carry_out_all(state: EmulatorState) -> None:
    """Carry out every call that waits now; those that are accepted meanwhile may go on waiting."""
    (last,) = state.store.read_connection().execute("SELECT max(id) FROM accepted_calls").fetchone()
    while last is not None and carry_out_next(state, last):
        pass


def carry_out_next(state: EmulatorState, last: int | None = None) -> int:
    """Carry out the oldest call, up to the one with the id `last`; its inflated size, 0 where none waits."""
    # In one transaction, transforms included: a call is carried out once, and a table keeps the order of its rows.
    with state.store.write() as db:
        row = db.execute(
            "SELECT id, inflated, rule, stream, received, encoding, client_request, body FROM accepted_calls"
            " WHERE id <= coalesce(?, id) ORDER BY id LIMIT 1",
            (last,),
        ).fetchone()
        if row is None:
            return 0
        number, inflated = row[:2]
        _carry_out(state, IngestionCall(*row[2:]))
        db.execute("DELETE FROM accepted_calls WHERE id = ?", (number,))
        return int(inflated)


def _carry_out(state: EmulatorState, call: IngestionCall) -> None:
    rule = state.store.get(call.rule)
    if rule is None:  # a process that died may have left the call, and another have deleted the rule
        return
    document = parse_strict_json(decompress(call.content, call.encoding))
    try:
        carry_out(state, rule, call, document)
    except Exception as error:  # noqa: BLE001 - a bug of ours must be seen, and not stand before all other calls
        traceback.print_exc(file=sys.stderr)
        drops = DropCounter(call.rule, call.stream)
        drops.add("EmulatorFailed", f"{type(error).__name__}: {error}"[:300], count=len(document))
        drops.save(state)
