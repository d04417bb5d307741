"""The journal of applies: two JSON lines a change, before and after its write, in the state directory."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
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


def read_entries(state_directory: Path) -> Iterator[dict[str, Any]]:
    """The entries of the journal, oldest first. A line that a crash cut short is skipped."""
    path = state_directory / JOURNAL_FILE
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for line in file:
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict):
                yield entry


def recorded_changes(state_directory: Path) -> list[dict[str, Any]]:
    """An entry a change, oldest first. Its state is `unknown` where the program was killed during the write."""
    change_by_run_and_id: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in read_entries(state_directory):
        key = (str(entry.get("run")), str(entry.get("id")))
        change_by_run_and_id[key] = entry if entry.get("event") == "end" else {**entry, "state": "unknown"}
    return list(change_by_run_and_id.values())


def journal_text(changes: Iterable[Mapping[str, Any]]) -> str:
    """Recorded changes as text: a heading a run, below it each change with its state, properties and error."""
    lines: list[str] = []
    run = None
    for entry in changes:
        if entry["run"] != run:
            run = entry["run"]
            where = entry["environment"] or "-"
            lines += [*([""] if lines else []), f"{entry['at']}  {where}  {entry['fingerprint']}  by {entry['who']}"]
        lines.append(f"  {entry['state']:<8}{entry['action']:<8}{entry['type']:<9} {entry['name']}")
        lines += [
            f"      {delta['path']}: {_shortened_json(delta['before'])} -> {_shortened_json(delta['after'])}"
            for delta in entry["deltas"]
        ]
        error = entry.get("error")
        if error:
            request_id = f" (request id {error['request_id']})" if error.get("request_id") else ""
            lines.append(f"      {error['code']}: {error['message']}{request_id}")
    return "\n".join(lines) + "\n" if lines else "The journal is empty: nothing was applied from here.\n"


VIEWS: Views[Sequence[Mapping[str, Any]]] = {
    "text": lambda changes, _: journal_text(changes),
    "data": lambda changes, _: {"changes": changes},
}


def _shortened_json(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 60 else f"{shown[:59]}…"
