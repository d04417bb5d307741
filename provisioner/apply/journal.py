"""What every apply did, one JSON line per change, kept beside the manifest."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from provisioner.apply.outcome import Outcome, error_json
from provisioner.plan import Change

FILE = "journal.jsonl"


@dataclass(slots=True)
class Journal:
    """Appends to `.provisioner/journal.jsonl`; without a directory it writes nothing."""

    state: Path | None
    run: str
    who: str
    environment: str | None
    fingerprint: str
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, change: Change) -> None:
        """Before a change is sent: a program that is killed leaves this line without its end."""
        self._write({"event": "begin", **self._what(change)})

    def end(self, change: Change, outcome: Outcome, before: Any, after: Any) -> None:
        """After it: what stood there, what stands there now, or the error."""
        self._write(
            {
                "event": "end",
                **self._what(change),
                "state": outcome.state,
                "seconds": round(outcome.seconds, 3),
                "before": before,
                "after": after,
                "request_id": outcome.request_id or getattr(outcome.error, "request_id", None),
                "error": error_json(outcome.error),
            }
        )

    def _what(self, change: Change) -> dict[str, Any]:
        return {
            "action": change.action,
            "type": change.type,
            "name": change.name,
            "id": change.id,
            "risk": change.risk,
            "deltas": [delta.json() for delta in change.deltas],
        }

    def _write(self, line: dict[str, Any]) -> None:
        if self.state is None:
            return
        head = {
            "version": 1,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "run": self.run,
            "who": self.who,
            "environment": self.environment,
            "fingerprint": self.fingerprint,
        }
        data = (json.dumps({**head, **line}, ensure_ascii=False) + "\n").encode()
        with self._lock:
            self.state.mkdir(parents=True, exist_ok=True)
            # One write call on a file opened for appending: lines of two processes do not mix.
            handle = os.open(self.state / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, data)
            finally:
                os.close(handle)


def entries(state: Path) -> Iterator[dict[str, Any]]:
    """The lines of the journal, oldest first; a line that a crash cut short is left out."""
    path = state / FILE
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for line in file:
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                yield found


def changes(state: Path) -> list[dict[str, Any]]:
    """One entry per change, oldest first: its end, or its beginning where the program was killed in between."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in entries(state):
        key = (str(entry.get("run")), str(entry.get("id")))
        found[key] = entry if entry.get("event") == "end" else {**entry, "state": "unknown"}
    return list(found.values())


def text(found: Iterable[Mapping[str, Any]]) -> str:
    """What a terminal shows: one heading a run, its changes with how they ended, properties below."""
    lines: list[str] = []
    run = None
    for each in found:
        if each["run"] != run:
            run = each["run"]
            where = each["environment"] or "-"
            lines += [*([""] if lines else []), f"{each['at']}  {where}  {each['fingerprint']}  by {each['who']}"]
        lines.append(f"  {each['state']:<8}{each['action']:<8}{each['type']:<10}{each['name']}")
        lines += [f"      {one['path']}: {_short(one['before'])} -> {_short(one['after'])}" for one in each["deltas"]]
        error = each.get("error")
        if error:
            told = f" (request id {error['request_id']})" if error.get("request_id") else ""
            lines.append(f"      {error['code']}: {error['message']}{told}")
    return "\n".join(lines) + "\n" if lines else "The journal is empty: nothing was applied from here.\n"


def _short(value: Any) -> str:
    words = json.dumps(value, ensure_ascii=False)
    return words if len(words) <= 60 else f"{words[:59]}…"
