"""One apply per manifest and machine. Azure has no lock for this; what other machines do is seen by reading again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from provisioner.errors import StateLocked


@contextmanager
def held(
    state: Path | None, what: str, *, patience: float = 0, waiting: Callable[[str], None] = lambda _: None
) -> Iterator[None]:
    """Hold the directory for `what`, waiting up to `patience` seconds; `waiting` hears who holds it since when.

    Raises Busy, which says the same. None for `state` locks nothing.
    """
    if state is None:
        yield
        return
    state.mkdir(parents=True, exist_ok=True)
    lock, note = FileLock(state / "apply.lock"), state / "apply.holder"
    try:
        _acquire(lock, note, patience, waiting)
    except Timeout:
        raise StateLocked(
            f"another run holds {state}: {_holder(note)}", hint="wait until it has ended; it frees the lock by itself"
        ) from None
    try:
        text = {"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds"), "what": what}
        note.write_text(json.dumps(text), encoding="utf-8")
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def _acquire(lock: FileLock, note: Path, patience: float, waiting: Callable[[str], None]) -> None:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if not patience:
            raise
        waiting(_holder(note))
        lock.acquire(timeout=patience)


def _holder(note: Path) -> str:
    try:
        found = json.loads(note.read_text(encoding="utf-8"))
        return f"{found['what']}, process {found['pid']}, since {found['since']}"
    except (OSError, ValueError, KeyError):
        return "a process that has not said who it is"
