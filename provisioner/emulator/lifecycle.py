"""Start, find and stop the emulator of a state directory, from outside its process; loads no server library."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import ssl
import sys
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from provisioner.errors import ProvisionerError, StateLocked
from provisioner.operating_system import end_process, start_detached, wait_for_exit
from provisioner.private_files import PRIVATE_FILE, make_private_directory, open_private

IDLE_SECONDS = 15 * 60.0
"""Seconds without a request after which a server that was started in the background ends."""

_START_SECONDS = 30.0
_STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ReadyLine:
    """Where an emulator is and who may call it: what `serve` prints when it is ready, and `ready.json` holds."""

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


def code_fingerprint() -> str:
    """The version and a digest of this code's files: a running emulator of other code is replaced."""
    from provisioner._version import __version__

    package = Path(__file__).resolve().parent
    digest = sha256()
    # Size and time of change instead of contents: this runs at every start of a command.
    for path in sorted([*package.rglob("*.py"), *(package.parent / "kql").rglob("*.py")]):
        status = path.stat()
        digest.update(f"{path.name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return f"{__version__}+{digest.hexdigest()[:12]}"


def ensure_running(state_directory: Path, owner: int | None = None) -> ReadyLine:
    """The emulator of that directory, started in the background if it is not running or is of another version.

    However many call at once, one server is started. With `owner`, a process id, a new one ends when that process is
    gone. Raises ProvisionerError where it does not come up, StateLocked where another holds the directory.
    """
    if (ready := find_running(state_directory)) is not None and ready.version == code_fingerprint():
        return ready
    from filelock import FileLock, Timeout

    make_private_directory(state_directory)
    timeout = _START_SECONDS + _STOP_SECONDS + 5
    try:
        with FileLock(state_directory / "start.lock", timeout=timeout, mode=PRIVATE_FILE):
            # Another process may have started it while this one waited for the lock.
            ready = _wait_for_answer(state_directory)
            if ready is not None and ready.version != code_fingerprint():
                stop(state_directory)
                ready = None
            return ready or _start_server(state_directory, owner)
    except Timeout as error:
        raise StateLocked(
            f"another process has been starting the emulator in {state_directory} for too long",
            hint=f"see {state_directory / 'server.log'}",
        ) from error


def _wait_for_answer(state_directory: Path) -> ReadyLine | None:
    """The server that holds the directory, given time to answer; None where none holds it."""
    deadline = time.monotonic() + _STOP_SECONDS
    while (ready := find_running(state_directory)) is None and _is_locked(state_directory):
        if time.monotonic() > deadline:
            raise StateLocked(
                f"an emulator holds {state_directory} and does not answer",
                hint="end its process, or use another --state directory",
            )
        time.sleep(0.02)
    return ready


def find_running(state_directory: Path) -> ReadyLine | None:
    """The running emulator of that directory; None where none answers."""
    ready = _read_ready_line(state_directory)
    return ready if ready is not None and _is_answering(ready) else None


def stop(state_directory: Path) -> bool:
    """End the emulator of that directory and wait until it is gone; whether there was one."""
    ready = find_running(state_directory)
    if ready is None:
        return False
    # It may end before its answer is out; the lock says when it is really gone.
    with contextlib.suppress(OSError, http.client.HTTPException):
        _send(ready, "POST", "/emulator/stop", ready.client_secret)
    # A server with a long transform in its threads ends late; a stuck one never.
    deadline = time.monotonic() + _STOP_SECONDS
    while _is_locked(state_directory):
        if time.monotonic() > deadline:
            end_process(ready.pid)
            break
        time.sleep(0.01)
    wait_for_exit(ready.pid)
    return True


def forget(state_directory: Path) -> None:
    """Remove what an emulator that does not run has kept in the directory: resources, rows, identity, certificates.

    The journal of applies stays. Raises StateLocked where a server holds the directory.
    """
    if _is_locked(state_directory):
        raise StateLocked(
            f"an emulator holds {state_directory} and does not answer",
            hint="end its process, or use another --state directory",
        )
    for pattern in ("emulator.db*", "identity.json", "ca.*", "server-*.pem", "port", "ready.json"):
        for file in state_directory.glob(pattern):
            file.unlink()


def _start_server(state_directory: Path, owner: int | None) -> ReadyLine:
    log = state_directory / "server.log"
    command = [sys.executable, "-m", "provisioner.emulator", "serve"]
    command += ["--state", str(state_directory), "--idle", str(IDLE_SECONDS)]
    command += ["--owner", str(owner)] if owner is not None else []
    # A line of a server that was killed would be read as the new one's.
    (state_directory / "ready.json").unlink(missing_ok=True)
    with open_private(log, "wb") as output:
        # Detached, because Ctrl-C in the terminal must not reach the server.
        process = start_detached(command, output, _child_environment())
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        # Its process id is not compared: the python.exe of a virtual environment on Windows starts another process.
        if (ready := find_running(state_directory)) is not None:
            process.returncode = 0  # it lives on without us: Popen must not warn that we did not wait for it
            return ready
        if process.poll() is not None:
            message, hint = _last_message(log)
            raise ProvisionerError(
                f"the emulator in {state_directory} did not start: {message}", hint=hint or f"its log is {log}"
            )
        time.sleep(0.01)
    process.kill()
    process.wait()
    raise ProvisionerError(
        f"the emulator in {state_directory} was not ready within {_START_SECONDS:.0f} seconds", hint=f"its log is {log}"
    )


def _child_environment() -> dict[str, str]:
    # The folder of this package, so that a checkout starts itself and not an installed namesake.
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    # Its log is read as UTF-8, also where the system's encoding is another.
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "PYTHONIOENCODING": "utf-8",
    }


def _read_ready_line(state_directory: Path) -> ReadyLine | None:
    with contextlib.suppress(OSError, ValueError, TypeError):
        return ReadyLine(**json.loads((state_directory / "ready.json").read_text(encoding="utf-8")))
    return None


def _is_answering(ready: ReadyLine) -> bool:
    """Whether that very server answers, with a certificate of its own authority."""
    with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
        return bool(json.loads(_send(ready, "GET", "/emulator/health"))["pid"] == ready.pid)
    return False


def _send(ready: ReadyLine, method: str, path: str, secret: str | None = None) -> bytes:
    address = urlsplit(ready.endpoint)
    context = ssl.create_default_context(cafile=ready.ca_file)
    connection = http.client.HTTPSConnection(address.hostname or "", address.port, timeout=5, context=context)
    try:
        connection.request(method, path, headers={"Authorization": f"Bearer {secret}"} if secret else {})
        return connection.getresponse().read()
    finally:
        connection.close()


def _is_locked(state_directory: Path) -> bool:
    """Whether a server still holds the directory."""
    from filelock import FileLock, Timeout

    lock = FileLock(state_directory / "server.lock", mode=PRIVATE_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def _last_message(log: Path) -> tuple[str, str | None]:
    """What a server said last, and its hint: the indented line below an error."""
    lines = log.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()
    if not lines:
        return "it said nothing", None
    if len(lines) > 1 and lines[-1].startswith("  ") and lines[-2].startswith("error: "):
        return lines[-2].removeprefix("error: "), lines[-1].strip()
    return lines[-1].removeprefix("error: "), None
