"""The process: one loopback port with TLS, one state directory, until it is told to stop or idles too long."""

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

from provisioner.emulator import app
from provisioner.emulator.arm import deployments
from provisioner.emulator.clock import Clock
from provisioner.emulator.entra.tokens import Tokens
from provisioner.emulator.faults import Faults
from provisioner.emulator.http.http_server import Door
from provisioner.emulator.http.request import World
from provisioner.emulator.http.response import Refusal
from provisioner.emulator.lifecycle import Ready, fingerprint
from provisioner.emulator.server_identity import WILDCARDS, load_certificate, load_identity, write_private
from provisioner.emulator.store import Store
from provisioner.errors import ProvisionerError, StateLocked

if TYPE_CHECKING:
    from aiohttp import web

_TICK = 0.5


@dataclass(frozen=True, slots=True)
class Options:
    """How the server is started."""

    state: Path
    host: str = "127.0.0.1"
    port: int = 0
    latency: float = 0.0
    faults: Path | None = None
    idle: float | None = None
    owner: int | None = None


def serve(options: Options) -> None:
    """Run until SIGTERM, SIGINT or `idle` seconds without a request; the ready line is printed.

    Raises Busy where another process holds the state directory.
    """
    options.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(options.state / "server.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise StateLocked(
            f"another emulator already runs on the state directory {options.state}",
            hint="use that one (`provisioner emulator status`), stop it (`provisioner emulator stop`) or give "
            "--state another directory",
        ) from error
    try:
        asyncio.run(_run(options))
    finally:
        _withdraw(options.state)
        lock.release()


async def _run(options: Options) -> None:
    from aiohttp import web

    from provisioner.emulator.http.header_timeout import PatientServer

    world = build(options)
    door = Door(world, options.host)
    listener = PatientServer(
        door.handle,
        auto_decompress=False,
        access_log=None,
        lingering_time=1.0,
        max_line_size=16384,
        max_field_size=16384,
    )
    door.arrived = listener.arrived
    runner = web.ServerRunner(listener, shutdown_timeout=2)
    await runner.setup()
    authority, key = load_certificate(options.state, options.host)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(key)
    port = await _listen(web, runner, options, context)
    door.learn(port)
    ready = _ready(world, options, port, authority)
    write_private(options.state / "ready.json", json.dumps(asdict(ready)))
    _say(sys.stdout, json.dumps(asdict(ready)))
    door.warm()
    try:
        await _ended(door, options)
    finally:
        await runner.cleanup()
        world.store.close()


def build(options: Options) -> World:
    """The world of a state directory."""
    identity = load_identity(options.state)
    store = Store(options.state / "emulator.db")
    clock = Clock()
    faults = Faults(clock)
    if options.latency:
        faults.load({"fault": "latency", "milliseconds": options.latency})
    if options.faults:
        faults.load(_read_faults(options.faults))
    world = World(store, clock, identity, Tokens(identity, store), faults, fingerprint(), app.dispatch)
    deployments.settle(world)
    return world


def _read_faults(path: Path) -> Any:
    import yaml

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ProvisionerError(f"the faults file {path} cannot be read: {error}") from error


async def _listen(web: Any, runner: web.ServerRunner, options: Options, context: ssl.SSLContext) -> int:
    """Listen on the port asked for; without one on that of last time, so that senders' addresses stay good."""
    memory = options.state / "port"
    last = int(memory.read_text()) if memory.exists() and not options.port else options.port
    for port in dict.fromkeys([last, options.port]):
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
        bound = int(runner.addresses[0][1])
        memory.write_text(str(bound))
        return bound
    raise StateLocked(f"no port of {options.host} can be used")


def _ready(world: World, options: Options, port: int, authority: Path) -> Ready:
    host = "127.0.0.1" if options.host in WILDCARDS else options.host
    base = f"https://{f'[{host}]' if ':' in host else host}:{port}"
    identity = world.identity
    return Ready(
        endpoint=base,
        authority=base,
        query=f"{base}/v1",
        tenant=identity.tenant,
        subscription=identity.subscription,
        client_id=identity.client_id,
        client_secret=identity.client_secret,
        object_id=identity.object_id,
        ca_file=str(authority.resolve()),
        pid=os.getpid(),
        version=world.version,
    )


async def _ended(door: Door, options: Options) -> None:
    """Return when a signal came, nobody called for long, or what this server stands for is gone."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers in a loop; Ctrl-C still raises
            loop.add_signal_handler(number, over.set)
    while not over.is_set() and not _useless(door, options):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), _TICK)


def _useless(door: Door, options: Options) -> bool:
    """Whether it idled too long, or its directory, or the process it was started for, is gone."""
    idle, owner = options.idle, options.owner
    if idle is not None and not door.open and time.monotonic() - door.last > idle:
        return True
    return _owner_of(options.state) != os.getpid() or (owner is not None and not _lives(owner))


def _withdraw(state: Path) -> None:
    """Take the ready line away, unless the directory is somebody else's by now."""
    if _owner_of(state) == os.getpid():
        (state / "ready.json").unlink(missing_ok=True)


def _owner_of(state: Path) -> int | None:
    """The process that the directory's ready line names."""
    try:
        return int(json.loads((state / "ready.json").read_text(encoding="utf-8"))["pid"])
    except (OSError, ValueError, KeyError):
        return None


def _lives(process: int) -> bool:
    if sys.platform == "win32":
        return True  # there os.kill ends a process whatever the signal
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main(options: Options) -> int:
    """Serve, and say in words why not."""
    try:
        serve(options)
    except ProvisionerError as error:
        _say(sys.stderr, f"error: {error.message}" + (f"\n  {error.hint}" if error.hint else ""))
        return 1
    except Refusal as refusal:
        _say(sys.stderr, f"error: the faults file: {refusal.message}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _say(stream: TextIO, line: str) -> None:
    stream.write(f"{line}\n")
    stream.flush()
