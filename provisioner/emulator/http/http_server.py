"""The aiohttp front end: Host header and body limits checked, faults injected, responses encoded."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from provisioner.emulator.http.request import INGESTION_BODY_LIMIT, MANAGEMENT_BODY_LIMIT, Request, body_too_long
from provisioner.emulator.http.response import ApiError, Response
from provisioner.emulator.state import RecentRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aiohttp import web
    from aiohttp.web_protocol import RequestHandler

    from provisioner.emulator.http.application import Application
    from provisioner.emulator.http.routing import Route
    from provisioner.emulator.state import EmulatorState

BODY_SECONDS = 60.0
"""Seconds within which a body must have come."""

_WORKERS = 4
_IDLE_SECONDS = 0.1
"""Seconds without a request after which what was only accepted is carried out."""


class HttpServer:
    """Takes requests from aiohttp; `on_request_arrived` is called with the connection of each."""

    def __init__(self, state: EmulatorState, application: Application) -> None:
        self.state = state
        self.application = application
        self.accepted_hosts: frozenset[str] = frozenset()
        # The handlers share one interpreter: more threads would only queue inside it.
        self.workers = ThreadPoolExecutor(_WORKERS, "emulator")
        self.on_request_arrived: Callable[[RequestHandler], None] = lambda _handler: None
        self.open_requests = 0
        self.last_request_at = time.monotonic()
        self._backlog_task: asyncio.Task[None] | None = None

    def preload_query_engine(self) -> None:
        """Import the KQL engine on a worker: the first rule and the first row need it, the start-up does not."""
        self.workers.submit(_bind_any_query)

    def accept_hosts(self, names: Iterable[str], port: int) -> None:
        """Set the names in Host headers that are answered."""
        # Any other name is a web page that had its own name resolve to this address (DNS rebinding).
        shown = (f"[{name}]" if ":" in name else name for name in names)
        self.accepted_hosts = frozenset(f"{name}:{port}".lower() for name in shown)

    async def handle(self, http_request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        self.on_request_arrived(http_request.protocol)
        self.open_requests += 1
        started = time.monotonic()
        try:
            response = await self._respond(http_request)
            self._remember(http_request, response.status, started)
            return response
        finally:
            self.open_requests -= 1
            self.last_request_at = time.monotonic()

    def _remember(self, http_request: web.BaseRequest, status: int, started: float) -> None:
        # Who watches must not see the own watching.
        if not http_request.path.startswith("/emulator"):
            milliseconds = round((time.monotonic() - started) * 1000, 1)
            self.state.recent_requests.append(
                RecentRequest(self.state.clock.iso_now(), http_request.method, http_request.path, status, milliseconds)
            )

    async def _respond(self, http_request: web.BaseRequest) -> web.StreamResponse:
        application = self.application
        try:
            request = self._parse_request(http_request)
        except ApiError as error:
            return _to_aiohttp(http_request, error.to_response(), close=True)
        try:
            request.content = await _read_body(http_request, request.path)
        except ApiError as error:
            response = application.add_response_headers(request, error.to_response(), "open")
            return _to_aiohttp(http_request, response, close=True)
        try:
            route = application.route_and_authorize(request)
        except ApiError as error:
            # A network in trouble is so for callers without a token too.
            is_own_path = request.path.startswith("/emulator")
            faulty = None if is_own_path else await self._inject_faults(http_request, request)
            refusal = application.add_response_headers(request, error.to_response())
            return faulty or _to_aiohttp(http_request, refusal)
        # Faults must not lock out the paths that turn them off.
        is_own_path = route.plane == "control" or route.pattern.startswith("/emulator")
        faulty = None if is_own_path else await self._inject_faults(http_request, request)
        if faulty is not None:
            return faulty
        await self._keep_order(route)
        response = await self._handle(request, route)
        reset = self.state.faults.happens("reset", request.method, request.path)
        if reset is not None and reset.values["when"] == "after":
            return _abort_connection(http_request)
        return _to_aiohttp(http_request, response)

    async def _keep_order(self, route: Route) -> None:
        """Let a request see what was answered before it as carried out; see that it will be, where none comes."""
        if route.plane == "ingestion":
            if self._backlog_task is None or self._backlog_task.done():
                self._backlog_task = asyncio.create_task(self._carry_out_when_idle())
        elif route.plane != "open" and self.application.has_backlog(self.state):
            await self._on_worker(self.application.carry_out_backlog)

    async def _carry_out_when_idle(self) -> None:
        """Carry out answered calls while no request is under way: the cores belong to who sends."""
        while not self._is_idle() or self.application.has_backlog(self.state):
            await asyncio.sleep(_IDLE_SECONDS)
            while self._is_idle() and self.application.has_backlog(self.state):
                await self._on_worker(self.application.carry_out_oldest)

    def close(self) -> None:
        """Begin nothing more; calls that wait are carried out by the next server of the directory."""
        if self._backlog_task is not None:
            self._backlog_task.cancel()

    def _is_idle(self) -> bool:
        return not self.open_requests and time.monotonic() - self.last_request_at >= _IDLE_SECONDS

    async def _on_worker(self, work: Callable[[EmulatorState], None]) -> None:
        await asyncio.get_running_loop().run_in_executor(self.workers, work, self.state)

    async def _handle(self, request: Request, route: Route) -> Response:
        if not route.is_threaded:
            return self.application.handle(request, route)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.workers, self.application.handle, request, route)

    def _parse_request(self, http_request: web.BaseRequest) -> Request:
        host = http_request.headers.get("Host", "").lower()
        if host not in self.accepted_hosts:
            raise ApiError(400, "InvalidHostHeader", "The Host header does not name this server.")
        # Split before unquoting: an encoded ? belongs to the path.
        raw_path, _, raw_query = http_request.raw_path.partition("?")
        try:
            path = unquote(raw_path, errors="strict")
            parameters = parse_qsl(raw_query, keep_blank_values=True, max_num_fields=100)
        except ValueError as error:
            raise ApiError(400, "InvalidRequestUri", "The path or query string is not valid.") from error
        has_dot_segment = "/../" in f"{path}/" or "/./" in f"{path}/"
        if len(path) > 4096 or has_dot_segment or any(ord(character) < 32 for character in path):
            raise ApiError(400, "InvalidRequestUri", "The path is not valid.")
        query = {name.lower(): value for name, value in parameters}
        return Request(
            self.state,
            http_request.method,
            path,
            query,
            http_request.headers,
            b"",
            f"https://{host}",
            api_version=query.get("api-version", ""),
        )

    async def _inject_faults(self, http_request: web.BaseRequest, request: Request) -> web.StreamResponse | None:
        """What the active faults answer in the handler's place; None where none strikes."""
        faults = self.state.faults
        if not faults.active:
            return None
        if latency := faults.happens("latency", request.method, request.path):
            await asyncio.sleep(latency.values["milliseconds"] / 1000)
        # A fault that cuts after the write must not be counted here: asked only where one cuts before it.
        if any(fault.fault == "reset" and fault.values["when"] == "before" for fault in faults.active):
            reset = faults.happens("reset", request.method, request.path)
            if reset and reset.values["when"] == "before":
                return _abort_connection(http_request)
        for name in ("throttle", "error"):
            if fault := faults.happens(name, request.method, request.path):
                wait = fault.values["retry_after"]
                headers = {} if wait is None else {"Retry-After": str(wait)}
                message = "The request is throttled." if name == "throttle" else "The service is in trouble."
                error = ApiError(fault.values["status"], fault.values["code"], message, headers=headers)
                response = self.application.add_response_headers(request, error.to_response())
                return _to_aiohttp(http_request, response)
        return None


def _bind_any_query() -> None:
    from provisioner import kql

    kql.bind("source", {"TimeGenerated": "datetime"})


async def _read_body(http_request: web.BaseRequest, path: str) -> bytes:
    """The body as sent; raises ApiError 413 where it is too long, 408 where it comes too slowly."""
    is_ingestion = "/streams/" in path.lower()
    limit = INGESTION_BODY_LIMIT if is_ingestion else MANAGEMENT_BODY_LIMIT
    # Refused before it is read, where the client says how long it is.
    announced = http_request.content_length or 0
    if announced > limit:
        raise body_too_long(is_ingestion, announced)
    parts, size = [], 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in http_request.content.iter_any():
                size += len(part)
                if size > limit:  # a chunked body announces no length
                    raise body_too_long(is_ingestion, size)
                parts.append(part)
    except TimeoutError as error:
        raise ApiError(408, "TimeoutExpired", f"The body did not come within {BODY_SECONDS:.0f} seconds.") from error
    except OSError as error:
        raise ApiError(400, "ReadyBody_ClientConnectionAbort", "The connection ended before the body did.") from error
    return b"".join(parts)


def _abort_connection(http_request: web.BaseRequest) -> web.StreamResponse:
    from aiohttp import web

    if http_request.transport is not None:
        http_request.transport.abort()
    return web.Response(status=500)  # aiohttp wants a response; nothing of it reaches the client


def _to_aiohttp(http_request: web.BaseRequest, response: Response, *, close: bool = False) -> web.StreamResponse:
    from aiohttp import web

    content = response.encode_body() if http_request.method != "HEAD" else b""
    headers = {
        "Cache-Control": "no-cache",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        **response.headers,
    }
    if content:
        headers["Content-Type"] = "application/json; charset=utf-8"
    http_response = web.Response(status=response.status, body=content or None, headers=headers)
    if close:
        # The body was not read: what follows on the connection is not the next request.
        http_response.force_close()
    return http_response
