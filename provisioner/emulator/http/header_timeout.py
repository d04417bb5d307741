"""An aiohttp server that does not wait for ever for a request's first line and headers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from aiohttp.web_protocol import RequestHandler

HEADER_SECONDS = 20.0
"""Seconds from the connection's start within which its first request's headers must have come."""


class PatientServer(web.Server):
    """Cuts connections that open and say nothing, or speak too slowly; later requests fall to the keep-alive limit."""

    def __init__(self, handler: Any, seconds: float = HEADER_SECONDS, **options: Any) -> None:
        super().__init__(handler, **options)
        self._seconds = seconds
        self._timers: dict[RequestHandler, asyncio.TimerHandle] = {}

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        """Start the clock of a new connection."""
        super().connection_made(handler, transport)
        self._timers[handler] = asyncio.get_running_loop().call_later(self._seconds, transport.abort)

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        """Forget a connection."""
        self.arrived(handler)
        super().connection_lost(handler, exc)

    def arrived(self, handler: RequestHandler) -> None:
        """Stop the clock: a request has come."""
        if (timer := self._timers.pop(handler, None)) is not None:
            timer.cancel()
