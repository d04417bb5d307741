"""With this folder on PYTHONPATH, a process of POSIX meets what differs on Windows: its own names, none of POSIX's.

Python imports this module by its name at start-up. The rest of the system, such as the console, stays POSIX.
"""

from __future__ import annotations

import asyncio.unix_events
import os
import pathlib
import signal
import subprocess
import sys
import types

from tests.support import fake_windows

_names = fake_windows.windows_names()
_names.__enter__()

# Our module takes the other branch, and the one beside it looks at the system's name by itself.
sys.modules["provisioner.operating_system"] = fake_windows.load_windows_branch()
from provisioner import private_files  # noqa: E402 - it imports the module that has just been replaced

private_files.sys = types.SimpleNamespace(platform="win32")
for _name in ("SIGKILL", "SIGHUP", "SIGUSR1", "SIGALRM", "SIGCHLD"):
    delattr(signal, _name)
for _name in ("fork", "getuid", "geteuid", "getpgid", "killpg", "waitid", "setsid", "mkfifo", "chown"):
    delattr(os, _name)


def _no_signal_handlers(*_arguments: object) -> None:
    raise NotImplementedError


asyncio.unix_events._UnixSelectorEventLoop.add_signal_handler = _no_signal_handlers


class _Popen(subprocess.Popen):
    """A process of its own group, where the flags of Windows ask for it; no other detaching is known there."""

    def __init__(self, *arguments: object, creationflags: int = 0, **options: object) -> None:
        assert "start_new_session" not in options
        own_group = bool(creationflags & fake_windows.CREATE_NEW_PROCESS_GROUP)
        super().__init__(*arguments, start_new_session=own_group, **options)


subprocess.Popen = _Popen
_replace = pathlib.Path.replace
_refused: set[str] = set()


def _replace_once_refused(self: pathlib.Path, target: object) -> pathlib.Path:
    """The first time a file is replaced, somebody has just opened it."""
    if str(target) not in _refused:
        _refused.add(str(target))
        raise PermissionError(13, "The process cannot access the file", str(target))
    return _replace(self, target)


pathlib.Path.replace = _replace_once_refused
