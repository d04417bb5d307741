"""What a run has settled, written as it goes, so that another run can go on after a crash.

A line is written for every chunk of records after the service has accepted it and its dead records are in their file:
a record is sent at least once, and twice at most if its chunk was under way when the run ended.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from provisioner.errors import BadRequestFile, StateLocked
from provisioner.private_files import PRIVATE_FILE
from provisioner.send.input_blocks import Input
from provisioner.send.line_file import LineFile
from provisioner.send.send_result import ChunkResult

_FILE_NAME = "checkpoint.ndjson"
_VERSION = 1
_HEAD_SIZE = 1 << 16


class SettledRecords:
    """The numbers of one source's records that need not be sent again, asked for in rising order."""

    def __init__(self, ranges: Sequence[tuple[int, int]] = ()) -> None:
        self._ranges: list[tuple[int, int]] = []
        for first, last in sorted(ranges):
            if self._ranges and first <= self._ranges[-1][1] + 1:
                self._ranges[-1] = (self._ranges[-1][0], max(last, self._ranges[-1][1]))
            else:
                self._ranges.append((first, last))

    def __contains__(self, number: int) -> bool:
        position = bisect_right(self._ranges, (number, float("inf"))) - 1
        return position >= 0 and number <= self._ranges[position][1]

    def intersects(self, first: int, last: int) -> bool:
        """Whether any of the numbers `first` to `last` is settled."""
        position = bisect_right(self._ranges, (last, float("inf"))) - 1
        return position >= 0 and self._ranges[position][1] >= first

    def __bool__(self) -> bool:
        return bool(self._ranges)


class Checkpoint:
    """The checkpoint of one run over files; `dead_letters` is the name of the file of its dead records."""

    def __init__(self, path: Path, dead_letters: str, settled: dict[int, list[tuple[int, int]]]) -> None:
        self._path = path
        self.dead_letters = dead_letters
        self._settled = settled
        self._file = LineFile(path)
        self.is_empty = not settled
        """Whether nothing is settled yet."""

    @classmethod
    def begin(cls, directory: Path, stream: str, inputs: Sequence[Input]) -> Checkpoint:
        """Begin a checkpoint, in the place of one that is there. Raises BadRequestFile."""
        path = directory / _FILE_NAME
        path.unlink(missing_ok=True)
        now = datetime.now(UTC)
        dead_letters = dead_letter_name(now)
        head = {
            "version": _VERSION,
            "stream": stream,
            "started": now.isoformat(timespec="seconds"),
            "dead_letters": dead_letters,
            "inputs": [{"name": source.name, **_fingerprint(source)} for source in inputs],
        }
        checkpoint = cls(path, dead_letters, {})
        checkpoint._write(head)
        return checkpoint

    @classmethod
    def resume(cls, directory: Path, stream: str, inputs: Sequence[Input]) -> Checkpoint:
        """Go on with the checkpoint of a directory. Raises BadRequestFile where it is not about these files."""
        head, settled = _read(directory / _FILE_NAME)
        if head is None:
            raise BadRequestFile(
                f"there is nothing to resume in {directory}", hint="leave --resume out: no earlier run was cut short"
            )
        names = [entry["name"] for entry in head["inputs"]]
        if head["stream"] != stream or names != [source.name for source in inputs]:
            raise BadRequestFile(
                f"the run to resume sent {', '.join(names)} to {head['stream']}",
                hint="name the same stream and files, or begin again with --restart",
            )
        for entry, source in zip(head["inputs"], inputs, strict=True):
            if _fingerprint(source, entry["head_size"])["head"] != entry["head"]:
                raise BadRequestFile(
                    f"{source.name} is not the file that the run to resume has read",
                    hint="put that file in its place, or begin again with --restart",
                )
        return cls(directory / _FILE_NAME, head["dead_letters"], settled)

    @staticmethod
    def unfinished(directory: Path) -> str | None:
        """When the run began whose checkpoint is in a directory; None where there is none."""
        head, _ = _read(directory / _FILE_NAME)
        return None if head is None else str(head["started"])

    def settled(self, source: int) -> SettledRecords:
        """What is settled of a source, by its number."""
        return SettledRecords(self._settled.get(source, ()))

    def record(self, source: int, result: ChunkResult) -> None:
        """Write that a chunk is settled; with the system when this returns. Raises BadRequestFile."""
        self._write({"source": source, "first": result.first, "last": result.last})
        self.is_empty = False

    def finish(self) -> None:
        """Remove the checkpoint: everything is settled."""
        self.close()
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file; it stays for a resuming run."""
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        self._file.append(json.dumps(line).encode() + b"\n")


@contextmanager
def directory_lock(directory: Path) -> Iterator[None]:
    """Hold a directory of dead letters, so that no other run writes there. Raises StateLocked."""
    lock = FileLock(directory / "send.lock", mode=PRIVATE_FILE)
    try:
        with lock.acquire(timeout=0):
            yield
    except Timeout:
        raise StateLocked(
            f"another send writes to {directory}", hint="wait until it has ended, or name another with --dead-letters"
        ) from None


def dead_letter_name(now: datetime) -> str:
    """The name of the file of dead records of a run that begins now."""
    return f"dead-letters-{now:%Y%m%dT%H%M%S%fZ}.ndjson"


def _fingerprint(source: Input, size: int | None = None) -> dict[str, Any]:
    """The size and hash of a file's beginning; with `size` of so many bytes: the file may have grown since."""
    if source.path is None:
        return {"head_size": 0, "head": ""}
    try:
        with source.path.open("rb") as file:
            head = file.read(_HEAD_SIZE if size is None else size)
    except OSError as error:
        raise BadRequestFile(f"{source.name} cannot be read: {error.strerror}", hint="check its rights") from error
    return {"head_size": len(head), "head": hashlib.sha256(head).hexdigest()}


def _read(path: Path) -> tuple[dict[str, Any] | None, dict[int, list[tuple[int, int]]]]:
    """The head of a checkpoint and what is settled by source; no head where there is no checkpoint."""
    settled: dict[int, list[tuple[int, int]]] = {}
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return None, settled
    # Behind the last line end stands what a crash has cut off, or nothing.
    entries = [json.loads(line) for line in lines[:-1]]
    if not entries or entries[0].get("version") != _VERSION:
        return None, settled
    for entry in entries[1:]:
        settled.setdefault(entry["source"], []).append((entry["first"], entry["last"]))
    return entries[0], settled
