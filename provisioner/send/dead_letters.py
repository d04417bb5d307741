"""The file of records that could not be sent, each with its reason; only its owner can read it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from provisioner.private_files import make_private_directory, open_private
from provisioner.send.line_file import LineFile, unwritable
from provisioner.send.send_result import DeadRecord


class DeadLetterFile:
    """Appends dead records to a file of NDJSON, which is made with the first of them.

    Each line has `file`, `record`, `reason` and the record itself: `content` (text), `base64` (bytes that are no text)
    or `content_file` (a file beside it, for a record too long for memory).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: LineFile | None = None

    def write(self, dead: tuple[DeadRecord, ...]) -> None:
        """Append records; they are with the system when this returns. Raises BadRequestFile."""
        if not dead:
            return
        lines = b"".join(json.dumps(_line(one), ensure_ascii=False).encode() + b"\n" for one in dead)
        if self._file is None:
            self._file = LineFile(self.path)
        self._file.append(lines)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


class SpoolFile:
    """The file of one record that is too long for memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = open_private(path, "wb")
        except OSError as error:
            raise unwritable(path, error) from error

    def write(self, content: bytes) -> None:
        """Append bytes. Raises BadRequestFile."""
        try:
            self._file.write(content)
        except OSError as error:
            raise unwritable(self._path, error) from error

    def close(self) -> Path:
        """End the file; returns its path."""
        try:
            self._file.close()
        except OSError as error:
            raise unwritable(self._path, error) from error
        return self._path


def prepare_directory(directory: Path) -> None:
    """Make the directory, and see that files can be written there, before anything is sent. Raises BadRequestFile."""
    # A directory may exist and refuse files: of another owner, read-only, full.
    trial = directory / ".writable"
    try:
        make_private_directory(directory)
        open_private(trial, "wb").close()
        trial.unlink()
    except OSError as error:
        raise unwritable(directory, error) from error


def _line(dead: DeadRecord) -> dict[str, Any]:
    line = dead.json()
    if dead.spool is not None:
        return {**line, "content_file": dead.spool.name}
    if dead.content is None:
        return {**line, "content": dead.text}
    try:
        return {**line, "content": dead.content.decode()}
    except UnicodeDecodeError:
        return {**line, "base64": base64.b64encode(dead.content).decode("ascii")}
