"""The journal of applies: two JSON lines a change, before and after its write, in the state directory."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from provisioner.apply.outcome import Outcome, error_json
from provisioner.plan import Change
from provisioner.private_files import make_private_directory, open_private
from provisioner.reports.report_format import Views

JOURNAL_FILE = "journal.jsonl"


@dataclass(slots=True)
class Journal:
    """Appends the entries of one run to `.provisioner/journal.jsonl`; without a directory it writes nothing."""

    state_directory: Path | None
    run_id: str
    identity: str
    environment: str | None
    fingerprint: str
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, change: Change) -> None:
        """Record that a change is about to be sent. Without a matching end the program was killed in between."""
        self._append({"event": "begin", **self._change_json(change)})

    def end(self, change: Change, outcome: Outcome, before: Any, after: Any) -> None:
        """Record a change's outcome with the resource's bodies before and after (None where there is none)."""
        self._append(
            {
                "event": "end",
                **self._change_json(change),
                "state": outcome.state,
                "seconds": round(outcome.seconds, 3),
                "before": before,
                "after": after,
                "request_id": outcome.request_id or getattr(outcome.error, "request_id", None),
                "error": error_json(outcome.error),
            }
        )

    def _change_json(self, change: Change) -> dict[str, Any]:
        return {
            "action": change.action,
            "type": change.type,
            "name": change.name,
            "id": change.id,
            "risk": change.risk,
            "deltas": [delta.json() for delta in change.deltas],
        }

    def _append(self, line: dict[str, Any]) -> None:
        if self.state_directory is None:
            return
        head = {
            "version": 1,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "run": self.run_id,
            "who": self.identity,
            "environment": self.environment,
            "fingerprint": self.fingerprint,
        }
        data = (json.dumps({**head, **line}, ensure_ascii=False) + "\n").encode()
        with self._lock:
            make_private_directory(self.state_directory)
            # Appended, and without a buffer in a single write: lines of two processes do not mix.
            with open_private(self.state_directory / JOURNAL_FILE, "ab", buffering=0) as file:
                file.write(data)


@dataclass(frozen=True, slots=True)
class RecordedChanges:
    """An entry a change, oldest first, and the numbers of the journal's lines that cannot be read.

    The state of a change is `unknown` where the program was killed during the write.
    """

    changes: list[dict[str, Any]]
    damaged_lines: tuple[int, ...] = ()


def recorded_changes(state_directory: Path) -> RecordedChanges:
    """The changes that the journal of a state directory records; none where there is no journal."""
    change_by_run_and_id: dict[tuple[str, str], dict[str, Any]] = {}
    damaged: list[int] = []
    path = state_directory / JOURNAL_FILE
    lines = path.read_bytes().splitlines() if path.exists() else []
    for number, line in enumerate(lines, 1):
        entry = _read_entry(line)
        if entry is None:
            damaged.append(number)
            continue
        key = (entry["run"], entry["id"])
        change_by_run_and_id[key] = entry if entry["event"] == "end" else {**entry, "state": "unknown"}
    return RecordedChanges(list(change_by_run_and_id.values()), tuple(damaged))


# What the report reads of an entry, and the type of it.
_ENTRY_KEYS: Mapping[str, type | tuple[type, ...]] = {
    "run": str,
    "id": str,
    "event": str,
    "at": str,
    "who": (str, type(None)),
    "environment": (str, type(None)),
    "fingerprint": (str, type(None)),
    "action": str,
    "type": str,
    "name": str,
    "deltas": list,
}


def _read_entry(line: bytes) -> dict[str, Any] | None:
    """The entry in a line of the journal; None where a crash, a full disk or an editor has damaged it."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entry, dict) or not all(
        isinstance(entry.get(key, _MISSING), types) for key, types in _ENTRY_KEYS.items()
    ):
        return None
    return entry if entry["event"] == "begin" or isinstance(entry.get("state"), str) else None


_MISSING = object()


def journal_text(recorded: RecordedChanges, *, whole: bool = False) -> str:
    """Recorded changes as text: a heading a run, below it each change with its state, properties and error.

    Long values are cut unless `whole`.
    """
    shown = _json_text if whole else _shortened_json
    lines: list[str] = []
    run = None
    for entry in recorded.changes:
        if entry["run"] != run:
            run = entry["run"]
            where = entry["environment"] or "-"
            lines += [*([""] if lines else []), f"{entry['at']}  {where}  {entry['fingerprint']}  by {entry['who']}"]
        lines.append(f"  {entry['state']:<8}{entry['action']:<8}{entry['type']:<9} {entry['name']}")
        lines += [
            f"      {delta['path']}: {shown(delta['before'])} -> {shown(delta['after'])}" for delta in entry["deltas"]
        ]
        error = entry.get("error")
        if error:
            request_id = f" (request id {error['request_id']})" if error.get("request_id") else ""
            lines.append(f"      {error['code']}: {error['message']}{request_id}")
    if recorded.damaged_lines:
        lines += [*([""] if lines else []), damage_text(recorded.damaged_lines)]
    return "\n".join(lines) + "\n" if lines else "The journal is empty: nothing was applied from here.\n"


def damage_text(lines: Sequence[int]) -> str:
    """What is said of a journal of which these lines cannot be read."""
    shown = ", ".join(map(str, lines[:_SHOWN_LINES])) + (" …" if len(lines) > _SHOWN_LINES else "")
    which = f"line {shown} is" if len(lines) == 1 else f"lines {shown} are"
    return f"The journal is damaged: {which} not readable, and what was applied there is not shown."


VIEWS: Views[RecordedChanges] = {
    "text": lambda recorded, options: journal_text(recorded, whole=options.verbose),
    "data": lambda recorded, _: {
        "changes": recorded.changes,
        **({"damaged_lines": list(recorded.damaged_lines)} if recorded.damaged_lines else {}),
    },
}
_SHOWN_LINES = 10


def _json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _shortened_json(value: Any) -> str:
    shown = _json_text(value)
    return shown if len(shown) <= 60 else f"{shown[:59]}…"
