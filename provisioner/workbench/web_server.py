"""The HTTP server of the workbench, on loopback alone: the page, its API, its events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import resources
from typing import Any

from aiohttp import web

from provisioner.errors import ProvisionerError
from provisioner.workbench.api_routes import ROUTES, ApiRoute
from provisioner.workbench.language_socket import serve_language
from provisioner.workbench.messages.message_codec import InvalidMessage, from_json, to_json
from provisioner.workbench.record_store import UnknownRecords
from provisioner.workbench.report_pages import report_policy
from provisioner.workbench.request_guard import RequestGuard
from provisioner.workbench.workbench import Workbench

_HOST = "127.0.0.1"
MAX_BODY_BYTES = 24 * 1024 * 1024
"""The largest request: the most records that are taken, with what JSON adds to their text."""
_WATCH_SECONDS = 0.5
_STATIC_FILES = {
    "/": ("index.html", "text/html"),
    "/app.js": ("app.js", "text/javascript"),
    "/app.css": ("app.css", "text/css"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}


class WorkbenchServer:
    """Serves one workbench until it is stopped. `link` opens the page, once it has started."""

    def __init__(self, workbench: Workbench, port: int = 0) -> None:
        self.workbench = workbench
        self.link = ""
        self.guard = RequestGuard()
        self._port = port
        # The interpreter runs one thread at a time: more workers would only queue. Azure's calls wait for the network.
        self._workers = ThreadPoolExecutor(2, "workbench")
        self._azure_workers = ThreadPoolExecutor(2, "workbench-azure")
        self._watcher: asyncio.Task[None] | None = None
        self._runner: web.AppRunner | None = None

    async def start(self) -> str:
        """Listen; the link that opens the page. Raises OSError where the port is taken."""
        application = web.Application(middlewares=[self.guard.middleware], client_max_size=MAX_BODY_BYTES)
        for path, (name, kind) in _STATIC_FILES.items():
            application.router.add_get(path, _static_handler(name, kind))
        for route in ROUTES:
            application.router.add_post(f"/api/{route.path}", self._api_handler(route))
        application.router.add_get("/api/events", self._events)
        application.router.add_get("/report/{id}", self._report)
        application.router.add_get("/lsp/{id}", self._language)
        # The page gives up a run as soon as another key was pressed: one that has not begun by then never does.
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, _HOST, self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        self._watcher = asyncio.create_task(self._watch())
        self.link = self.guard.listen_on(port)
        return self.link

    async def stop(self) -> None:
        """Answer what is under way, and end."""
        if self._watcher is not None:
            self._watcher.cancel()
            with suppress(asyncio.CancelledError):
                await self._watcher
        self.workbench.events.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._azure_workers.shutdown(wait=False, cancel_futures=True)

    def _api_handler(self, route: ApiRoute) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                message: Any = from_json(route.request, await _json_body(request))
                workers = self._azure_workers if route.slow else self._workers
                loop = asyncio.get_running_loop()
                result = await loop.run_in_executor(workers, route.handler, self.workbench, message)
                # Encoding ten thousand rows takes long enough to keep other requests waiting.
                text = await loop.run_in_executor(workers, _encode, result)
            except (LookupError, ValueError, PermissionError, ProvisionerError) as error:
                return _error_response(error)
            return web.Response(text=text, content_type="application/json")

        return answer

    async def _report(self, request: web.Request) -> web.StreamResponse:
        page = self.workbench.reports.get(request.match_info["id"])
        if page is None:
            return web.Response(status=404, text="This report is no longer kept: run it again.\n")
        headers = {"Content-Security-Policy": report_policy(page)}
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def _language(self, request: web.Request) -> web.StreamResponse:
        document = self.workbench.editors.get(request.match_info["id"])
        if document is None:
            return web.Response(status=404, text="This editor is no longer known: it opens a new one.\n")
        return await serve_language(request, document)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """The project's revision, now and whenever its files change, and progress, as server-sent events."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        # Before anything is sent: the guard could not add its headers any more.
        for name, value in self.guard.headers().items():
            response.headers.setdefault(name, value)
        await response.prepare(request)
        try:
            with self.workbench.events.listen() as events:
                await response.write(f"event: revision\ndata: {self.workbench.revision}\n\n".encode())
                async for data in events:
                    await response.write(data)
        except (ConnectionError, asyncio.CancelledError):
            # The tab is closed, or the server ends: nobody listens any more.
            return response
        return response

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        seen = self.workbench.revision
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            # Nobody to tell: the next request looks by itself.
            if not self.workbench.events.has_listeners:
                continue
            revision = await loop.run_in_executor(self._workers, self.workbench.refresh)
            if revision != seen:
                seen = revision
                self.workbench.events.publish("revision", revision)


def _static_handler(name: str, kind: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    # By fixed names: no path of a request ever reaches the file system.
    content = resources.files("provisioner.workbench").joinpath("static", name).read_bytes()

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=content, content_type=kind, charset="utf-8")

    return answer


def _encode(result: Any) -> str:
    return json.dumps(to_json(result))


async def _json_body(request: web.Request) -> Any:
    if request.content_type != "application/json":
        raise InvalidMessage("the body is JSON, and its Content-Type says so")
    try:
        return json.loads(await request.read())
    except web.HTTPRequestEntityTooLarge as error:
        limit = MAX_BODY_BYTES // (1024 * 1024)
        raise InvalidMessage(f"this is larger than {limit} MiB: take a part of it") from error
    except (ValueError, RecursionError) as error:
        raise InvalidMessage("the body is not JSON") from error


def _error_response(error: Exception) -> web.Response:
    if isinstance(error, UnknownRecords):
        status = 410
    elif isinstance(error, ProvisionerError):
        status = 422
    elif isinstance(error, PermissionError):
        status = 403
    else:
        status = 404 if isinstance(error, LookupError) else 400
    body = {"error": str(error), "hint": getattr(error, "hint", None)}
    return web.json_response(body, status=status)
