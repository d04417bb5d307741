"""What differs by operating system: detached processes, signals, file replacement, pipes and terminals.

Both halves give the same names. POSIX stands for Linux and macOS. Private files are in `private_files`.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping, Sequence

_REPLACE_SECONDS = 2.0
_EXIT_SECONDS = 5.0


def relative_path(path: Path, start: Path) -> Path:
    """A path as seen from a directory; absolute where no relative path leads there, to another drive on Windows."""
    try:
        return Path(os.path.relpath(path, start))
    except ValueError:
        return path.absolute()


def start_detached(
    command: Sequence[str], error_log: IO[bytes], environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start a program that outlives this one and its terminal: it gets no Ctrl-C, input or output. Raises OSError."""
    # Imported late: most commands start no process.
    import subprocess

    return subprocess.Popen(  # noqa: S603 - the caller's own command
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=error_log,
        env=environment,
        **detaching_options(),
    )


if sys.platform == "win32":
    import ctypes
    import msvcrt

    # Ctrl-Break, and the second signal of CI systems that cancel a job. SIGTERM can be set there, and is never sent.
    STOP_SIGNALS: tuple[int, ...] = (signal.SIGTERM, signal.SIGBREAK)
    # Before Python 3.14, Ctrl-C is noticed only between two waits for a lock.
    # Source: https://github.com/python/cpython/issues/125541
    LOCK_WAIT_SECONDS: float | None = 0.2
    # What programs there expect, of every other tool and of Python from 3.15 on; by itself Python would take the ANSI
    # code page, which neither a console nor a pipeline reads. https://peps.python.org/pep-0686/
    PIPE_FORMAT: dict[str, Any] = {"encoding": "utf-8", "newline": "\n"}

    # Source: https://learn.microsoft.com/windows/win32/procthread/process-security-and-access-rights
    _SYNCHRONIZE = 0x00100000
    # Source: https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitforsingleobject
    _WAIT_TIMEOUT = 0x00000102
    # Source: https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499-
    _ERROR_ACCESS_DENIED = 5

    def detaching_options() -> dict[str, Any]:
        """The options of a process that outlives its parent's terminal."""
        import subprocess

        # CREATE_NO_WINDOW and not DETACHED_PROCESS: the python.exe of a virtual environment starts the real one as its
        # child, which would open a window where it has no console to inherit.
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}

    def is_process_alive(pid: int) -> bool:
        """Whether a process of that id runs, of any owner."""
        # Not os.kill(pid, 0): on Windows every signal but two ends the process.
        return not _has_ended(pid, 0)

    def end_process(pid: int) -> None:
        """End a process at once, without asking it; one that is gone already is no error. Raises OSError."""
        try:
            os.kill(pid, signal.SIGTERM)
        except OSError:
            if is_process_alive(pid):
                raise

    def wait_for_exit(pid: int) -> None:
        """Wait a while for the end of a process that is about to end: until then its files cannot be removed."""
        _has_ended(pid, _EXIT_SECONDS)

    def _has_ended(pid: int, seconds: float) -> bool:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = ctypes.c_void_p  # the default, int, would cut a 64-bit handle
        handle = kernel.OpenProcess(_SYNCHRONIZE, 0, pid)
        if not handle:
            return ctypes.get_last_error() != _ERROR_ACCESS_DENIED
        try:
            # A process that others still hold a handle of can be opened after its end; only the wait tells.
            return bool(kernel.WaitForSingleObject(ctypes.c_void_p(handle), int(seconds * 1000)) != _WAIT_TIMEOUT)
        finally:
            kernel.CloseHandle(ctypes.c_void_p(handle))

    def replace_file(source: Path, target: Path) -> None:
        """Put `source` in the place of `target` in one step; raises OSError."""
        # Refused while a reader, a virus scanner or an indexer has the target open, which is over in a moment.
        deadline = time.monotonic() + _REPLACE_SECONDS
        while True:
            try:
                source.replace(target)
            except PermissionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                return

    def is_closed_pipe(error: OSError, stream: IO[str]) -> bool:
        """Whether an error says that the reader of `stream` has left."""
        if isinstance(error, BrokenPipeError):
            return True
        # The C library says EINVAL, as it does for much else. https://github.com/python/cpython/issues/79935
        if error.errno != errno.EINVAL or error.filename is not None:
            return False
        try:
            stream.flush()
        except OSError:
            return True
        return False

    def is_terminal(stream: IO[str] | None) -> bool:
        """Whether a person is at the other end of a stream; False for none."""
        if stream is None or not stream.isatty():
            return False
        try:
            handle = ctypes.c_void_p(msvcrt.get_osfhandle(stream.fileno()))
        except io.UnsupportedOperation:
            return True  # not the system's, but an object of the program that embeds us
        # NUL says that it is a terminal; a console alone has a mode.
        return bool(ctypes.WinDLL("kernel32").GetConsoleMode(handle, ctypes.byref(ctypes.c_ulong())))

else:
    STOP_SIGNALS: tuple[int, ...] = (signal.SIGTERM,)
    LOCK_WAIT_SECONDS: float | None = None
    PIPE_FORMAT: dict[str, Any] = {}

    def detaching_options() -> dict[str, Any]:
        """The options of a process that outlives its parent's terminal."""
        return {"start_new_session": True}

    def is_process_alive(pid: int) -> bool:
        """Whether a process of that id runs, of any owner."""
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def end_process(pid: int) -> None:
        """End a process at once, without asking it; one that is gone already is no error. Raises OSError."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def wait_for_exit(pid: int) -> None:
        """Wait for the end of a process that is about to end, if it is a child of this one: it would stay a zombie."""
        with suppress(ChildProcessError):  # started by another process, which reaps it
            os.waitpid(pid, 0)

    def replace_file(source: Path, target: Path) -> None:
        """Put `source` in the place of `target` in one step; raises OSError."""
        source.replace(target)

    def is_closed_pipe(error: OSError, stream: IO[str]) -> bool:  # noqa: ARG001 - what Windows needs
        """Whether an error says that the reader of `stream` has left."""
        return isinstance(error, BrokenPipeError)

    def is_terminal(stream: IO[str] | None) -> bool:
        """Whether a person is at the other end of a stream; False for none."""
        return stream is not None and stream.isatty()
