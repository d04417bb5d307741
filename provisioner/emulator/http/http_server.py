"""The door: requests in, limits and Host header checked, faults let loose, answers out; all that speaks aiohttp."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from provisioner.emulator import app
from provisioner.emulator.http.request import Call, World
from provisioner.emulator.http.response import Answer, Refusal
from provisioner.emulator.logs.ingestion_api import SENT_LIMIT, too_long
from provisioner.emulator.server_identity import names

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web
    from aiohttp.web_protocol import RequestHandler

BODY_LIMIT = 4 * 1024 * 1024 + 256 * 1024
"""Bytes of any other body: ARM takes templates of 4 MB."""

BODY_SECONDS = 60.0
"""Seconds within which a body must have come."""


class Door:
    """Takes requests from aiohttp, and knows when the last one came."""

    def __init__(self, world: World, host: str) -> None:
        self.world = world
        self.host = host
        self.hosts: set[str] = set()
        self.workers = ThreadPoolExecutor(4, "emulator")  # they share one interpreter: more would only queue inside
        self.arrived: Callable[[RequestHandler], None] = lambda _handler: None
        self.open = 0
        self.last = time.monotonic()

    def warm(self) -> None:
        """Load what the first rule and the first row need while nobody waits for it."""
        self.workers.submit(_load_language)

    def learn(self, port: int) -> None:
        """Know the Host headers that are ours; any other is somebody's web page trying its luck."""
        shown = (f"[{name}]" if ":" in name else name for name in names(self.host))
        self.hosts = {f"{name}:{port}".lower() for name in shown}

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        self.arrived(request.protocol)
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


def _load_language() -> None:
    from provisioner import kql

    kql.bind("source", {"TimeGenerated": "datetime"})


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
