"""Files and directories that only their owner can read: created as 0600 and 0700, and repaired where they are found.

They hold secrets, keys and rows: the emulator's state, the record of an apply. The umask does not matter.

On Windows file modes mean nothing: `os.chmod` there sets no more than the read-only flag, and who may read a file
follows from the access list that it inherits from its directory. Python 3.11.10, 3.12.4 and newer give a directory that
is created with mode 0700 a list of its owner, the administrators and the system; an older Python, and a directory that
was there before, leave it at what the parent has, which below a user's profile is the same.
Source: https://github.com/python/cpython/issues/118486
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from typing import IO, TYPE_CHECKING, Any

from provisioner.operating_system import replace_file

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_DIRECTORY = 0o700


def make_private_directory(path: Path) -> None:
    """Create a directory for the owner alone, with its parents, or make an existing one so; raises OSError.

    A directory that others share (of another user, or sticky as /tmp is) is left as it is.
    """
    path.mkdir(parents=True, exist_ok=True, mode=PRIVATE_DIRECTORY)
    if _is_ours_alone(path):
        _remove_access_of_others(path)


def tighten(directory: Path) -> None:
    """Take the access of others from the files in a directory that were created before they were private.

    Links are not followed, files of other users and a directory that others share are left as they are. Files in
    folders below need nothing: no other user can pass the directory.
    """
    if not _is_ours_alone(directory):
        return
    for path in directory.iterdir():
        # A file may go while we look: SQLite removes its log, a server its ready line.
        with contextlib.suppress(FileNotFoundError):
            if stat.S_ISREG(path.lstat().st_mode) and _is_ours(path.lstat()):
                _remove_access_of_others(path)


def open_private(path: Path, mode: str = "w", buffering: int = -1) -> IO[Any]:
    """Open a file for writing (`w`, `a`, `x` or their binary forms) that only its owner can read; raises OSError.

    With `buffering` 0, for binary forms, every write goes to the system at once.
    Text is UTF-8 with line feeds. A file that is there keeps its content in mode `a` and becomes private in every mode.
    """
    encoding, newline = (None, None) if "b" in mode else ("utf-8", "\n")
    file: IO[Any] = open(  # noqa: SIM115 - the caller closes it
        path, mode, buffering, encoding=encoding, newline=newline, opener=_open_as_private
    )
    try:
        _make_private(file)
    except OSError:
        file.close()
        raise
    return file


def write_private_text(path: Path, text: str) -> None:
    """Write a file that only its owner can read; readers see the old text or the new, never a part. Raises OSError."""
    # Beside the file, so that the replacement stays on one file system and is atomic.
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open_private(beside) as file:
            file.write(text)
        replace_file(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _open_as_private(path: str, flags: int) -> int:
    # The mode is given at creation: a moment later would be a moment in which others can open the file.
    return os.open(path, flags, PRIVATE_FILE)


def _make_private(file: IO[Any]) -> None:
    if sys.platform != "win32":
        os.fchmod(file.fileno(), PRIVATE_FILE)


def _is_ours_alone(directory: Path) -> bool:
    """Whether a directory is ours and not shared; False where no mode would say so."""
    status = directory.stat()
    return _is_ours(status) and not status.st_mode & stat.S_ISVTX


def _is_ours(status: os.stat_result) -> bool:
    return sys.platform != "win32" and status.st_uid == os.geteuid()


def _remove_access_of_others(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    private = mode & ~(stat.S_IRWXG | stat.S_IRWXO)
    if private != mode:
        path.chmod(private)
