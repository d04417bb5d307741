"""The server process: one loopback port with TLS over one state directory, until a signal, an idle limit or a loss."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import ssl
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from filelock import FileLock, Timeout

from provisioner.emulator.app import AzureApplication
from provisioner.emulator.arm import deployments
from provisioner.emulator.clock import Clock
from provisioner.emulator.entra.tokens import TokenService
from provisioner.emulator.faults import Faults
from provisioner.emulator.http.http_server import HttpServer
from provisioner.emulator.http.response import ApiError
from provisioner.emulator.lifecycle import ReadyLine, code_fingerprint
from provisioner.emulator.server_identity import WILDCARD_ADDRESSES, host_names, load_certificate, load_identity
from provisioner.emulator.state import EmulatorState
from provisioner.emulator.store import Store
from provisioner.errors import ProvisionerError, StateLocked
from provisioner.operating_system import STOP_SIGNALS, is_process_alive
from provisioner.private_files import PRIVATE_FILE, make_private_directory, tighten, write_private_text

if TYPE_CHECKING:
    from aiohttp import web

_CHECK_INTERVAL = 0.5


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How the server is started.

    `port` 0 takes that of last time; `latency` is in milliseconds; `idle` in seconds; `owner` is a process id.
    `strict` refuses what sources disagree on.
    """

    state_directory: Path
    host: str = "127.0.0.1"
    port: int = 0
    latency: float = 0.0
    faults: Path | None = None
    idle: float | None = None
    owner: int | None = None
    strict: bool = False


def serve(options: ServerOptions) -> None:
    """Run until SIGTERM, SIGINT or `idle` seconds without a request; the ready line is printed.

    Raises StateLocked where another process holds the state directory, or the port.
    """
    make_private_directory(options.state_directory)
    # Files of a version that did not care are repaired before anything is read from them or written to them.
    tighten(options.state_directory)
    lock = FileLock(options.state_directory / "server.lock", mode=PRIVATE_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise StateLocked(
            f"another emulator already runs on the state directory {options.state_directory}",
            hint="use that one (`provisioner emulator status`), stop it (`provisioner emulator stop`) or give "
            "--state another directory",
        ) from error
    try:
        asyncio.run(_serve_until_ended(options))
    finally:
        _remove_ready_line(options.state_directory)
        lock.release()


async def _serve_until_ended(options: ServerOptions) -> None:
    from aiohttp import web

    from provisioner.emulator.http.header_timeout import HeaderTimeoutServer

    state = build_state(options)
    server = HttpServer(state, state.application)
    listener = HeaderTimeoutServer(
        server.handle,
        auto_decompress=False,  # the handlers refuse a body that grows too much
        access_log=None,
        lingering_time=1.0,
        max_line_size=16384,
        max_field_size=16384,
    )
    server.on_request_arrived = listener.request_arrived
    runner = web.ServerRunner(listener, shutdown_timeout=2)
    await runner.setup()
    authority_file, server_file = load_certificate(options.state_directory, options.host)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(server_file)
    port = await _listen(web, runner, options, context)
    server.accept_hosts(host_names(options.host), port)
    # Before the ready line: who has read it may end the server at once.
    ended = _ended_by_signals(state)
    line = json.dumps(asdict(_ready_line(state, options, port, authority_file)))
    write_private_text(options.state_directory / "ready.json", line)
    _print_line(sys.stdout, line)
    server.preload_query_engine()
    try:
        await _wait_for_end(ended, server, options)
    finally:
        await runner.cleanup()
        server.close()
        state.store.close()


def build_state(options: ServerOptions) -> EmulatorState:
    """Open a state directory: its identity, its store, and the faults of the options; raises ProvisionerError."""
    identity = load_identity(options.state_directory)
    store = Store(options.state_directory / "emulator.db")
    clock = Clock()
    faults = Faults(clock)
    if options.latency:
        faults.load({"fault": "latency", "milliseconds": options.latency})
    if options.faults:
        faults.load(_read_faults(options.faults))
    tokens = TokenService(identity)
    state = EmulatorState(store, clock, identity, tokens, faults, code_fingerprint(), AzureApplication())
    state.policy = "undisputed" if options.strict else "newest"
    # A thread of the process that died will not go on with them.
    deployments.fail_interrupted_deployments(state)
    return state


def _read_faults(path: Path) -> object:
    import yaml

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ProvisionerError(f"the faults file {path} cannot be read: {error}") from error


async def _listen(web: Any, runner: web.ServerRunner, options: ServerOptions, context: ssl.SSLContext) -> int:
    """Listen on the port asked for, or without one on that of last time where it is free; returns the port."""
    # The same port keeps the ingestion addresses good that senders have been given.
    port_file = options.state_directory / "port"
    preferred = options.port or _last_port(port_file)
    # The second try is port 0, any free one, where last time's is taken and none was asked for.
    for port in dict.fromkeys([preferred, options.port]):
        site = web.TCPSite(runner, options.host, port, ssl_context=context, backlog=512)
        try:
            await site.start()
        except OSError as error:
            if port and port == options.port:
                raise StateLocked(
                    f"port {port} of {options.host} cannot be used: {error.strerror}",
                    hint="give --port another, or 0 for any",
                ) from error
            await site.stop()
            continue
        bound_port = int(runner.addresses[0][1])
        write_private_text(port_file, str(bound_port))
        return bound_port
    raise StateLocked(f"no port of {options.host} can be used")


def _last_port(port_file: Path) -> int:
    """The port of last time; 0, which stands for any, where it is not known."""
    try:
        port = int(port_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
    return port if 0 < port < 65536 else 0


def _ready_line(state: EmulatorState, options: ServerOptions, port: int, authority_file: Path) -> ReadyLine:
    host = "127.0.0.1" if options.host in WILDCARD_ADDRESSES else options.host
    base_url = f"https://{f'[{host}]' if ':' in host else host}:{port}"
    identity = state.identity
    return ReadyLine(
        endpoint=base_url,
        authority=base_url,
        query=f"{base_url}/v1",
        tenant=identity.tenant,
        subscription=identity.subscription,
        client_id=identity.client_id,
        client_secret=identity.client_secret,
        object_id=identity.object_id,
        ca_file=str(authority_file.resolve()),
        pid=os.getpid(),
        version=state.version,
    )


def _ended_by_signals(state: EmulatorState) -> asyncio.Event:
    """An event that a signal to stop sets, and a request to the path that stops the server."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end(*_signal: object) -> None:
        # A second signal may come when the loop is gone already.
        if not loop.is_closed():
            loop.call_soon_threadsafe(ended.set)

    state.end_server = end
    for number in (signal.SIGINT, *STOP_SIGNALS):
        # Not the loop's own add_signal_handler, which Windows lacks; a signal wakes the loop up on every system.
        signal.signal(number, end)
    return ended


async def _wait_for_end(ended: asyncio.Event, server: HttpServer, options: ServerOptions) -> None:
    """Return when the event is set, or when the server is of no more use."""
    while not ended.is_set() and not _is_obsolete(server, options):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), _CHECK_INTERVAL)


def _is_obsolete(server: HttpServer, options: ServerOptions) -> bool:
    """Whether it idled too long, or its directory, or the process it was started for, is gone."""
    idle, owner = options.idle, options.owner
    if idle is not None and not server.open_requests and time.monotonic() - server.last_request_at > idle:
        return True
    if owner is not None and not is_process_alive(owner):
        return True
    try:
        return not _has_our_ready_line(options.state_directory)
    except PermissionError:
        # On Windows a file is refused for a moment where another process replaces or checks it.
        return False


def _remove_ready_line(state_directory: Path) -> None:
    # A line that Windows does not let us remove, because it is being read, does no harm: nobody answers there.
    with contextlib.suppress(PermissionError):
        # The directory may have been removed and taken by another server: its line stays.
        if _has_our_ready_line(state_directory):
            (state_directory / "ready.json").unlink(missing_ok=True)


def _has_our_ready_line(state_directory: Path) -> bool:
    """Whether the directory's ready line names this process. Raises PermissionError where it cannot be read."""
    try:
        text = (state_directory / "ready.json").read_text(encoding="utf-8")
        return bool(json.loads(text)["pid"] == os.getpid())
    except PermissionError:
        raise
    except (OSError, ValueError, KeyError):
        return False


def main(options: ServerOptions) -> int:
    """Serve, and print why not; the exit code: 0 ended, 1 not started, 130 interrupted."""
    try:
        serve(options)
    except ProvisionerError as error:
        _print_line(sys.stderr, f"error: {error.message}" + (f"\n  {error.hint}" if error.hint else ""))
        return 1
    except ApiError as error:
        _print_line(sys.stderr, f"error: the faults file: {error.message}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _print_line(stream: TextIO, line: str) -> None:
    # Flushed at once: who starts the server waits for this line on a pipe.
    stream.write(f"{line}\n")
    stream.flush()
