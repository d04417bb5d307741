"""Start, find and stop the emulator of a state directory, from outside its process; loads no server library."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from provisioner.errors import ProvisionerError, StateLocked

IDLE = 15 * 60.0
"""Seconds after which a server that nobody calls is gone."""

_START_SECONDS = 30.0
_STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Ready:
    """Where an emulator is and who may call it: its ready line."""

    endpoint: str
    authority: str
    query: str
    tenant: str
    subscription: str
    client_id: str
    client_secret: str
    object_id: str
    ca_file: str
    pid: int
    version: str


def fingerprint() -> str:
    """The version of this code: an emulator of another one is replaced."""
    from provisioner._version import __version__

    here = Path(__file__).resolve().parent
    seen = sha256()
    for path in sorted([*here.rglob("*.py"), *(here.parent / "kql").rglob("*.py")]):
        found = path.stat()
        seen.update(f"{path.name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return f"{__version__}+{seen.hexdigest()[:12]}"


def ensure(state: Path, owner: int | None = None) -> Ready:
    """The emulator of that directory, started in the background if it is not running or is of another version.

    However many call at once, one server is started. With `owner` a new one ends when that process is gone.
    Raises ProvisionerError where it does not come up.
    """
    if (ready := status(state)) is not None and ready.version == fingerprint():
        return ready
    from filelock import FileLock, Timeout

    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with FileLock(state / "start.lock", timeout=_START_SECONDS + _STOP_SECONDS + 5):
            ready = _wait(state)
            if ready is not None and ready.version != fingerprint():
                stop(state)
                ready = None
            return ready or _start(state, owner)
    except Timeout as error:
        raise StateLocked(
            f"another process has been starting the emulator in {state} for too long",
            hint=f"see {state / 'server.log'}",
        ) from error


def _wait(state: Path) -> Ready | None:
    """The server that holds the directory, given time to answer; None where none holds it."""
    deadline = time.monotonic() + _STOP_SECONDS
    while (ready := status(state)) is None and _holds(state):
        if time.monotonic() > deadline:
            raise StateLocked(
                f"an emulator holds {state} and does not answer",
                hint="end its process, or use another --state directory",
            )
        time.sleep(0.02)
    return ready


def status(state: Path) -> Ready | None:
    """The running emulator of that directory; None where none answers."""
    ready = _read(state)
    return ready if ready is not None and _answers(ready) else None


def stop(state: Path) -> bool:
    """End the emulator of that directory and wait until it is gone; whether there was one."""
    ready = status(state)
    if ready is None:
        return False
    with contextlib.suppress(OSError, http.client.HTTPException):
        _request(ready, "POST", "/emulator/stop", ready.client_secret)
    deadline = time.monotonic() + _STOP_SECONDS
    while _holds(state):
        if time.monotonic() > deadline:
            os.kill(ready.pid, signal.SIGKILL)
            break
        time.sleep(0.01)
    if hasattr(os, "WNOHANG"):
        with contextlib.suppress(ChildProcessError):  # started by another process, which will reap it
            os.waitpid(ready.pid, 0)
    return True


def _start(state: Path, owner: int | None) -> Ready:
    log = state / "server.log"
    command = [sys.executable, "-m", "provisioner.emulator", "serve", "--state", str(state), "--idle", str(IDLE)]
    command += ["--owner", str(owner)] if owner is not None else []
    (state / "ready.json").unlink(missing_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own module by our own interpreter
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=output,
            start_new_session=True,
            env=_environment(),
        )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if (ready := _read(state)) is not None and ready.pid == process.pid and _answers(ready):
            process.returncode = 0  # it lives on without us: no warning that we left it
            return ready
        if process.poll() is not None:
            raise ProvisionerError(f"the emulator in {state} did not start: {_tail(log)}", hint=f"its log is {log}")
        time.sleep(0.01)
    process.kill()
    process.wait()
    raise ProvisionerError(
        f"the emulator in {state} was not ready within {_START_SECONDS:.0f} seconds", hint=f"its log is {log}"
    )


def _environment() -> dict[str, str]:
    # The folder of this package, so that a checkout starts itself and not an installed namesake.
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in paths if each)}


def _read(state: Path) -> Ready | None:
    with contextlib.suppress(OSError, ValueError, TypeError):
        return Ready(**json.loads((state / "ready.json").read_text(encoding="utf-8")))
    return None


def _answers(ready: Ready) -> bool:
    """Whether that very server answers, with a certificate of its own authority."""
    with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
        return bool(json.loads(_request(ready, "GET", "/emulator/health"))["pid"] == ready.pid)
    return False


def _request(ready: Ready, method: str, path: str, secret: str | None = None) -> bytes:
    address = urlsplit(ready.endpoint)
    context = ssl.create_default_context(cafile=ready.ca_file)
    connection = http.client.HTTPSConnection(address.hostname or "", address.port, timeout=5, context=context)
    try:
        connection.request(method, path, headers={"Authorization": f"Bearer {secret}"} if secret else {})
        return connection.getresponse().read()
    finally:
        connection.close()


def _holds(state: Path) -> bool:
    """Whether a server still holds the directory."""
    from filelock import FileLock, Timeout

    lock = FileLock(state / "server.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
