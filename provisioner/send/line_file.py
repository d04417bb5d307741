"""A private file to which whole lines are appended, also after a crash or on a disk that fills."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import IO

from provisioner.errors import BadRequestFile
from provisioner.private_files import open_private

_FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class LineFile:
    """Appends lines; each is with the system when `append` returns. Methods raise BadRequestFile."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file: IO[bytes] = open_private(path, "ab", buffering=0)
            self._remove_torn_line()
        except OSError as error:
            raise unwritable(path, error) from error

    def append(self, lines: bytes) -> None:
        """Append lines with their ends."""
        try:
            # Unbuffered writes may stop in the middle where the disk is full, without an error.
            is_whole = self._file.write(lines) == len(lines)
        except OSError as error:
            raise unwritable(self.path, error) from error
        if not is_whole:
            raise unwritable(self.path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _remove_torn_line(self) -> None:
        """Take off what a crash has left of a line: a line behind it would become a part of it."""
        content = self.path.read_bytes()
        if content and not content.endswith(b"\n"):
            os.truncate(self.path, content.rfind(b"\n") + 1)


def unwritable(path: Path, error: OSError) -> BadRequestFile:
    """The error for a file of a run that cannot be written."""
    if error.errno in _FULL_DISK:
        hint = "free space on the disk or name another directory with --dead-letters; --resume goes on from here"
    else:
        hint = "name a directory that may be written with --dead-letters"
    return BadRequestFile(f"{path} cannot be written: {error.strerror or error}", hint=hint)
