"""A file lock on the state directory: one apply a manifest and machine.

Azure has no lock for this. Writes from other machines are noticed by reading again before each wave and by etags.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from provisioner.errors import StateLocked
from provisioner.private_files import PRIVATE_FILE, make_private_directory, tighten, write_private_text


@contextmanager
def state_lock(
    state_directory: Path | None, purpose: str, *, timeout: float = 0, on_wait: Callable[[str], None] = lambda _: None
) -> Iterator[None]:
    """Hold the lock within the block; `purpose` appears in the description that waiting processes get.

    Waits up to `timeout` seconds for another run; `on_wait` gets a description of it. Raises StateLocked, with the
    same description, after that. A thread that holds the lock enters again at once. Without a directory nothing is
    locked.
    """
    if state_directory is None:
        yield
        return
    make_private_directory(state_directory)
    # The journal of an older version, which holds the bodies of resources, may be readable by others.
    tighten(state_directory)
    # The holder is noted in a file of its own: on Windows others cannot read a locked file.
    note = state_directory / "apply.holder"
    # One lock object a directory and process, which knows what this thread holds: apply is called inside the lock over
    # plan and apply.
    lock = FileLock(state_directory.resolve() / "apply.lock", mode=PRIVATE_FILE, is_singleton=True)
    if lock.is_locked:
        yield
        return
    try:
        _acquire(lock, note, timeout, on_wait)
    except Timeout:
        raise StateLocked(
            f"another run holds {state_directory}: {_describe_holder(note)}",
            hint="wait until it has ended; it frees the lock by itself",
        ) from None
    try:
        text = {"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds"), "what": purpose}
        write_private_text(note, json.dumps(text))
        yield
    finally:
        # On Windows a file that another run just reads cannot be removed; the next holder writes over it.
        with suppress(PermissionError):
            note.unlink(missing_ok=True)
        lock.release()


def _acquire(lock: FileLock, note: Path, timeout: float, on_wait: Callable[[str], None]) -> None:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if not timeout:
            raise
        on_wait(_describe_holder(note))
        lock.acquire(timeout=timeout)


def _describe_holder(note: Path) -> str:
    try:
        holder = json.loads(note.read_text(encoding="utf-8"))
        return f"{holder['what']}, process {holder['pid']}, since {holder['since']}"
    except (OSError, ValueError, KeyError):
        # The note is written after the lock is taken, so for a moment there may be none.
        return "another process"
