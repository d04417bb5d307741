"""Both halves of the module: that of this system for real, that of Windows over fakes of what only Windows has."""

from __future__ import annotations

import ast
import errno
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from provisioner import operating_system
from tests.support import fake_windows

posix = pytest.mark.skipif(os.name != "posix", reason="the other half is this system's own")
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
WINDOWS = pytest.param("windows", marks=posix)


@pytest.fixture(params=["this system", WINDOWS])
def system(request):
    """The module of this system, and the one of Windows."""
    if request.param == "this system":
        yield operating_system
        return
    with fake_windows.windows_names():
        yield fake_windows.load_windows_branch()
    assert fake_windows.Kernel32.open_handles == set()


@pytest.fixture
def windows():
    """The module of Windows."""
    with fake_windows.windows_names():
        yield fake_windows.load_windows_branch()


@pytest.fixture
def process():
    started = subprocess.Popen(SLEEP)
    yield started
    started.kill()
    started.wait()


def test_both_halves_give_the_same_names_with_the_same_arguments():
    tree = ast.parse(Path(operating_system.__file__).read_text(encoding="utf-8"))
    (branch,) = [node for node in tree.body if isinstance(node, ast.If) and "win32" in ast.unparse(node.test)]
    halves = [public_names(branch.body), public_names(branch.orelse)]
    assert halves[0] == halves[1]
    assert "is_process_alive(pid: int) -> bool" in halves[0]


def public_names(statements):
    """Functions with their signatures and what they say of themselves, and constants with their types."""
    names = set()
    for node in statements:
        if isinstance(node, ast.FunctionDef):
            names.add(f"{node.name}({ast.unparse(node.args)}) -> {ast.unparse(node.returns)}")
        elif isinstance(node, ast.AnnAssign):
            names.add(f"{node.target.id}: {ast.unparse(node.annotation)}")
    return {name for name in names if not name.startswith("_")}


def test_a_process_is_alive_until_it_has_ended(system, process):
    assert system.is_process_alive(process.pid)
    assert system.is_process_alive(os.getpid())
    process.kill()
    process.wait()
    assert not system.is_process_alive(process.pid)


@posix
def test_on_windows_a_process_that_others_still_have_a_handle_of_is_not_alive(windows, process):
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not windows.is_process_alive(process.pid)


@posix
def test_a_process_of_another_user_is_alive(system, monkeypatch):
    def refuse(*_arguments):
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    monkeypatch.setattr(fake_windows, "_posix_kill", refuse)
    assert system.is_process_alive(1)


def test_asking_whether_a_process_is_alive_does_not_end_it(system, process):
    for _ in range(3):
        system.is_process_alive(process.pid)
    assert process.poll() is None


def test_a_process_is_ended_at_once_and_again_without_an_error(system, process):
    system.end_process(process.pid)
    process.wait()
    system.end_process(process.pid)
    assert not system.is_process_alive(process.pid)


@posix
def test_on_windows_a_process_that_may_not_be_ended_is_an_error(windows, process, monkeypatch):
    def refuse(*_arguments):
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    with pytest.raises(PermissionError):
        windows.end_process(process.pid)


@posix
def test_a_child_is_reaped_and_a_process_of_others_is_not_waited_for(process):
    os.kill(process.pid, signal.SIGKILL)
    operating_system.wait_for_exit(process.pid)
    with pytest.raises(ChildProcessError):
        os.waitpid(process.pid, 0)
    operating_system.wait_for_exit(process.pid)
    operating_system.wait_for_exit(os.getppid())


@posix
def test_on_windows_any_process_is_waited_for_since_its_files_stay_open_so_long(windows, process, tmp_path):
    code = f"import pathlib; pathlib.Path({str(tmp_path / 'ended')!r}).touch()"
    other = subprocess.Popen([sys.executable, "-c", code])
    windows.wait_for_exit(other.pid)
    assert (tmp_path / "ended").exists()
    assert other.wait(0) == 0
    windows.wait_for_exit(other.pid)


@posix
def test_a_detached_process_has_a_session_of_its_own_and_no_input_or_output(tmp_path, capfd):
    code = (
        "import os, sys; print('out'); sys.stderr.write(f'{os.getsid(0)} {os.environ[\"NAME\"]} {sys.stdin.read()!r}')"
    )
    with (tmp_path / "log").open("wb") as log:
        started = operating_system.start_detached([sys.executable, "-c", code], log, {**os.environ, "NAME": "value"})
    assert started.wait() == 0
    assert (tmp_path / "log").read_text(encoding="utf-8") == f"{started.pid} value ''"
    assert started.pid != os.getsid(0)
    assert capfd.readouterr().out == ""


@posix
def test_on_windows_a_detached_process_has_a_console_of_its_own_that_nobody_sees(windows, tmp_path, monkeypatch):
    settings = {}
    monkeypatch.setattr(subprocess, "Popen", lambda _command, **options: settings.update(options))
    with (tmp_path / "log").open("wb") as log:
        windows.start_detached(SLEEP, log, {})
    assert settings["creationflags"] == fake_windows.CREATE_NO_WINDOW | fake_windows.CREATE_NEW_PROCESS_GROUP
    assert "start_new_session" not in settings


@posix
def test_on_windows_ctrl_break_stops_as_well(windows):
    assert windows.STOP_SIGNALS == (signal.SIGTERM, signal.SIGBREAK)
    assert operating_system.STOP_SIGNALS == (signal.SIGTERM,)


def test_a_file_is_replaced(system, tmp_path):
    (tmp_path / "new").write_text("new", encoding="utf-8")
    (tmp_path / "old").write_text("old", encoding="utf-8")
    system.replace_file(tmp_path / "new", tmp_path / "old")
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("old", "new")]


class BusyFile:
    """A file whose target is refused so often, as Windows does while somebody has it open."""

    def __init__(self, refusals):
        self.refusals = refusals
        self.replaced = False

    def replace(self, _target):
        if self.refusals > 0:
            self.refusals -= 1
            raise PermissionError
        self.replaced = True


@pytest.fixture
def clock(windows, monkeypatch):
    """Sleeping moves the time forward, and nothing else does."""
    now = [0.0]
    monkeypatch.setattr(windows.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(windows.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    return now


def test_on_windows_a_file_that_is_read_for_a_moment_is_replaced_after_it(windows, clock):
    source = BusyFile(refusals=5)
    windows.replace_file(source, Path("target"))
    assert source.replaced
    assert 0 < clock[0] < 1


def test_on_windows_a_file_that_stays_open_is_an_error_after_a_while(windows, clock):
    source = BusyFile(refusals=1_000_000)
    with pytest.raises(PermissionError):
        windows.replace_file(source, Path("target"))
    assert 1 < clock[0] < 10


class Stream(io.StringIO):
    """A stream that says whether it is a terminal, with a handle; `closed_pipe` lets writing fail."""

    def __init__(self, *, terminal=False, descriptor=None, closed_pipe=False):
        super().__init__()
        self.terminal, self.descriptor, self.closed_pipe = terminal, descriptor, closed_pipe

    def isatty(self):
        return self.terminal

    def fileno(self):
        return super().fileno() if self.descriptor is None else self.descriptor

    def flush(self):
        if self.closed_pipe:
            raise OSError(errno.EINVAL, "Invalid argument")


def test_a_stream_that_is_none_or_a_file_is_no_terminal(system):
    assert not system.is_terminal(None)
    assert not system.is_terminal(Stream())


def test_a_stream_of_a_program_that_embeds_us_is_what_it_says(system):
    assert system.is_terminal(Stream(terminal=True))


@posix
@pytest.mark.parametrize(("handle", "expected"), [(fake_windows.CONSOLE, True), (fake_windows.NUL, False)])
def test_on_windows_the_null_device_is_no_terminal_whatever_it_says(windows, handle, expected):
    assert windows.is_terminal(Stream(terminal=True, descriptor=handle)) is expected


def test_a_reader_that_left_is_told_from_other_errors(system):
    assert system.is_closed_pipe(BrokenPipeError(errno.EPIPE, "Broken pipe"), Stream())
    assert not system.is_closed_pipe(OSError(errno.ENOSPC, "No space left"), Stream(closed_pipe=True))
    assert not system.is_closed_pipe(OSError(errno.EINVAL, "Invalid argument"), Stream())
    assert not system.is_closed_pipe(OSError(errno.EINVAL, "Invalid argument", "file"), Stream(closed_pipe=True))


def test_on_windows_a_reader_that_left_is_an_invalid_argument(windows):
    assert windows.is_closed_pipe(OSError(errno.EINVAL, "Invalid argument"), Stream(closed_pipe=True))


def test_a_relative_path_leads_from_one_directory_to_another(tmp_path):
    assert operating_system.relative_path(tmp_path / "a" / "b", tmp_path / "c") == Path("..", "a", "b")
    assert operating_system.relative_path(tmp_path, tmp_path) == Path()


def test_where_no_relative_path_leads_it_is_absolute(tmp_path, monkeypatch):
    def refuse(*_arguments):
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(os.path, "relpath", refuse)
    assert operating_system.relative_path(tmp_path, Path()) == tmp_path
