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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import parse_qsl, unquote

from filelock import FileLock, Timeout

from provisioner.emulator import app
from provisioner.emulator.answer import Answer, Refusal
from provisioner.emulator.arm import deployments
from provisioner.emulator.call import Call, World
from provisioner.emulator.clock import Clock
from provisioner.emulator.faults import Faults
from provisioner.emulator.identity import load_certificate, load_identity, write_private
from provisioner.emulator.ingestion import SENT_LIMIT, too_long
from provisioner.emulator.lifecycle import Ready, fingerprint
from provisioner.emulator.store import Store
from provisioner.emulator.tokens import Tokens
from provisioner.errors import Busy, ProvisionerError

if TYPE_CHECKING:
    from aiohttp import web

BODY_LIMIT = 4 * 1024 * 1024 + 256 * 1024
"""Bytes of any other body: ARM takes templates of 4 MB."""

_TICK = 0.5

BODY_SECONDS = 60.0
"""Seconds within which a body must have come."""


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
        raise Busy(
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

    world = build(options)
    server = Server(world, options)
    runner = web.ServerRunner(
        web.Server(
            server.handle,
            auto_decompress=False,
            access_log=None,
            lingering_time=1.0,
            max_line_size=16384,
            max_field_size=16384,
        ),
        shutdown_timeout=2,
    )
    await runner.setup()
    authority, key = load_certificate(options.state, options.host)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(key)
    port = await _listen(web, runner, options, context)
    server.learn(port)
    ready = _ready(world, options, port, authority)
    write_private(options.state / "ready.json", json.dumps(asdict(ready)))
    _say(sys.stdout, json.dumps(asdict(ready)))
    try:
        await server.ended()
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
                raise Busy(
                    f"port {port} of {options.host} cannot be used: {error.strerror}",
                    hint="give --port another, or 0 for any",
                ) from error
            await site.stop()
            continue
        bound = int(runner.addresses[0][1])
        memory.write_text(str(bound))
        return bound
    raise Busy(f"no port of {options.host} can be used")


def _ready(world: World, options: Options, port: int, authority: Path) -> Ready:
    host = options.host if options.host not in {"0.0.0.0", "::"} else "127.0.0.1"  # noqa: S104 - compared, not bound
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


class Server:
    """The side of the server that speaks aiohttp."""

    def __init__(self, world: World, options: Options) -> None:
        self.world = world
        self.options = options
        self.hosts: set[str] = set()
        self.workers = ThreadPoolExecutor(4, "emulator")  # they share one interpreter: more would only queue inside
        self.open = 0
        self.last = time.monotonic()

    def learn(self, port: int) -> None:
        """Know the Host headers that are ours; any other is somebody's web page trying its luck."""
        names = {"127.0.0.1", "localhost", "[::1]", self.options.host}
        self.hosts = {f"{name}:{port}".lower() for name in names}

    async def ended(self) -> None:
        """Return when a signal came, nobody called for long, or what this server stands for is gone."""
        over = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(
                NotImplementedError
            ):  # Windows has no signal handlers in a loop; Ctrl-C still raises
                loop.add_signal_handler(number, over.set)
        while not over.is_set() and not self._useless():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), _TICK)

    def _useless(self) -> bool:
        """Whether it idled too long, or its directory, or the process it was started for, is gone."""
        idle, owner = self.options.idle, self.options.owner
        if idle is not None and not self.open and time.monotonic() - self.last > idle:
            return True
        return _owner_of(self.options.state) != os.getpid() or (owner is not None and not _lives(owner))

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        self.open += 1
        try:
            return await self._answer(request)
        finally:
            self.open -= 1
            self.last = time.monotonic()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            call = self._call(request)
        except Refusal as refusal:
            return _response(request, refusal.answer(), close=True)
        try:
            call.content = await _content(request, call.path)
        except Refusal as refusal:
            return _response(request, app.dress(call, refusal.answer(), "open"), close=True)
        try:
            route = app.prepare(call)
        except Refusal as refusal:
            return _response(request, app.dress(call, refusal.answer()))
        troubled = (
            None
            if route.plane == "control" or route.pattern.startswith("/emulator")
            else await self._trouble(request, call)
        )
        if troubled is not None:
            return troubled
        loop = asyncio.get_running_loop()
        threaded = loop.run_in_executor(self.workers, app.answer, call, route) if route.threaded else None
        given = await threaded if threaded is not None else app.answer(call, route)
        if (reset := self.world.faults.happens("reset", call.method, call.path)) and reset.values["when"] == "after":
            return _hang_up(request)
        return _response(request, given)

    def _call(self, request: web.BaseRequest) -> Call:
        host = request.headers.get("Host", "").lower()
        if host not in self.hosts:
            raise Refusal(400, "InvalidHostHeader", "The Host header does not name this server.")
        raw, _, search = request.raw_path.partition("?")
        try:
            path = unquote(raw, errors="strict")
            query = {
                name.lower(): value for name, value in parse_qsl(search, keep_blank_values=True, max_num_fields=100)
            }
        except ValueError as error:
            raise Refusal(400, "InvalidRequestUri", "The path or query string is not valid.") from error
        if len(path) > 4096 or any(ord(each) < 32 for each in path) or "/../" in f"{path}/" or "/./" in f"{path}/":
            raise Refusal(400, "InvalidRequestUri", "The path is not valid.")
        base = f"https://{host}"
        return Call(
            self.world,
            request.method,
            path,
            query,
            request.headers,
            b"",
            base,
            api_version=query.get("api-version", ""),
        )

    async def _trouble(self, request: web.BaseRequest, call: Call) -> web.StreamResponse | None:
        """What the faults do to a request before it is handled."""
        faults = self.world.faults
        if not faults.active:
            return None
        if slow := faults.happens("latency", call.method, call.path):
            await asyncio.sleep(slow.values["milliseconds"] / 1000)
        if any(each.fault == "reset" and each.values["when"] == "before" for each in faults.active):
            reset = faults.happens("reset", call.method, call.path)
            if reset and reset.values["when"] == "before":
                return _hang_up(request)
        for kind in ("throttle", "error"):
            if found := faults.happens(kind, call.method, call.path):
                wait = found.values["retry_after"]
                headers = {} if wait is None else {"Retry-After": str(wait)}
                text = "The request is throttled." if kind == "throttle" else "The service is in trouble."
                refusal = Refusal(found.values["status"], found.values["code"], text, headers=headers)
                return _response(request, app.dress(call, refusal.answer()))
        return None


async def _content(request: web.BaseRequest, path: str) -> bytes:
    """The body, as long as it is small enough and comes in time."""
    ingestion = "/streams/" in path.lower()
    limit = SENT_LIMIT if ingestion else BODY_LIMIT
    announced = request.content_length or 0
    if announced > limit:
        raise _too_long(ingestion, announced)
    parts, size = [], 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.content.iter_any():
                size += len(part)
                if size > limit:
                    raise _too_long(ingestion, size)
                parts.append(part)
    except TimeoutError as error:
        raise Refusal(408, "TimeoutExpired", f"The body did not come within {BODY_SECONDS:.0f} seconds.") from error
    except OSError as error:
        raise Refusal(400, "ReadyBody_ClientConnectionAbort", "The connection ended before the body did.") from error
    return b"".join(parts)


def _too_long(ingestion: bool, size: int) -> Refusal:
    return (
        too_long(size)
        if ingestion
        else Refusal(
            413, "RequestContentTooLarge", f"The request content size exceeds the maximum size of {BODY_LIMIT} bytes."
        )
    )


def _hang_up(request: web.BaseRequest) -> web.StreamResponse:
    from aiohttp import web

    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _response(request: web.BaseRequest, given: Answer, *, close: bool = False) -> web.StreamResponse:
    from aiohttp import web

    content = given.encode() if request.method != "HEAD" else b""
    headers = {
        "Cache-Control": "no-cache",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        **given.headers,
    }
    if content:
        headers["Content-Type"] = "application/json; charset=utf-8"
    response = web.Response(status=given.status, body=content or None, headers=headers)
    if close:
        response.force_close()
    return response


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
