"""What Windows has, over real processes of POSIX, so that our Windows branch runs where no Windows is.

Not simulated: the console itself, access lists, and that an open file cannot be replaced.
"""

from __future__ import annotations

import ctypes
import errno
import importlib.util
import os
import signal
import subprocess
import sys
import time
import types
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import ClassVar
from unittest.mock import patch

from provisioner import operating_system

CONSOLE, NUL = 0x50, 0x54
"""The handles of a console and of the null device, both of which call themselves terminals."""
CREATE_NO_WINDOW, CREATE_NEW_PROCESS_GROUP = 0x08000000, 0x00000200

_ACCESS_DENIED, _INVALID_PARAMETER = 5, 87
_WAIT_OBJECT_0, _WAIT_TIMEOUT = 0, 258
_HANDLES = 0x1_0000_0000  # more than 32 bits, as a handle may have
# Kept, because the simulation of a whole process removes or replaces them.
_posix_kill, _waitid, _SIGKILL = os.kill, getattr(os, "waitid", None), getattr(signal, "SIGKILL", None)


class Kernel32:
    """Those functions of the library that we call. A process's handle is its id behind an offset."""

    open_handles: ClassVar[set[int]] = set()
    last_error = 0

    def __init__(self, name: str, use_last_error: bool = False) -> None:
        assert name == "kernel32"
        self.OpenProcess = _LibraryFunction(_open_process)
        self.WaitForSingleObject = _LibraryFunction(_wait_for_process)
        self.CloseHandle = _LibraryFunction(_close_handle)
        self.GetConsoleMode = _LibraryFunction(lambda handle, _mode: int(handle.value == CONSOLE))


class _LibraryFunction:
    """A function as ctypes has it: its result is an int of 32 bits unless `restype` says otherwise."""

    restype: object = ctypes.c_int

    def __init__(self, function: object) -> None:
        self._function = function

    def __call__(self, *arguments: object) -> object:
        result = self._function(*arguments)  # type: ignore[operator]
        return ctypes.c_int(result).value if self.restype is ctypes.c_int else result


def _open_process(access: int, inherit: int, pid: int) -> int:
    try:
        _posix_kill(pid, 0)
    except OSError as error:
        denied = isinstance(error, PermissionError)
        Kernel32.last_error = _ACCESS_DENIED if denied else _INVALID_PARAMETER
        return 0
    Kernel32.open_handles.add(_HANDLES + pid)
    return _HANDLES + pid


def _wait_for_process(handle: ctypes.c_void_p, milliseconds: int) -> int:
    assert handle.value in Kernel32.open_handles, "the handle was cut, or closed before"
    pid, deadline = handle.value - _HANDLES, time.monotonic() + milliseconds / 1000
    while not _has_ended(pid):
        if time.monotonic() >= deadline:
            return _WAIT_TIMEOUT
        time.sleep(0.01)
    return _WAIT_OBJECT_0


def _has_ended(pid: int) -> bool:
    """Whether a process has ended, also where it is a zombie: on Windows one that others still have a handle of."""
    try:
        return _waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        pass
    try:
        _posix_kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def _close_handle(handle: ctypes.c_void_p) -> int:
    Kernel32.open_handles.remove(handle.value)
    return 1


def kill(pid: int, number: int) -> None:
    """os.kill as on Windows: whatever the signal, the process is ended at once."""
    try:
        _posix_kill(pid, _SIGKILL)
    except ProcessLookupError:
        raise OSError(errno.EINVAL, "The parameter is incorrect") from None


@contextmanager
def windows_names() -> Iterator[None]:
    """Within the block the names that Windows has are there, and `os.kill` ends processes. On Windows, nothing."""
    if sys.platform == "win32":
        yield
        return
    with ExitStack() as patches:
        for module, name, value in (
            (ctypes, "WinDLL", Kernel32),
            (ctypes, "get_last_error", lambda: Kernel32.last_error),
            (subprocess, "CREATE_NO_WINDOW", CREATE_NO_WINDOW),
            (subprocess, "CREATE_NEW_PROCESS_GROUP", CREATE_NEW_PROCESS_GROUP),
            (signal, "SIGBREAK", signal.SIGUSR2),
            (os, "kill", kill),
        ):
            patches.enter_context(patch.object(module, name, value, create=True))
        handles = types.ModuleType("msvcrt")
        handles.get_osfhandle = lambda descriptor: CONSOLE if descriptor == CONSOLE else NUL
        patches.enter_context(patch.dict(sys.modules, {"msvcrt": handles}))
        yield


def load_windows_branch() -> types.ModuleType:
    """A copy of `operating_system` as Windows would load it, to be used within `windows_names`; there the module."""
    if sys.platform == "win32":
        return operating_system
    specification = importlib.util.spec_from_file_location("operating_system_of_windows", operating_system.__file__)
    module = importlib.util.module_from_spec(specification)
    with patch.object(sys, "platform", "win32"):
        specification.loader.exec_module(module)
    return module
