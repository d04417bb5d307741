"""An aiohttp server that cuts connections whose first request line and headers do not come in time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp.web_protocol import RequestHandler

HEADER_SECONDS = 20.0
"""Seconds from the connection's start within which its first request's headers must have come."""


class HeaderTimeoutServer(web.Server):
    """Cuts connections that open and send nothing, or send too slowly.

    aiohttp has no limit of its own for the first request; later ones fall to its keep-alive limit.
    """

    def __init__(
        self,
        handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        seconds: float = HEADER_SECONDS,
        **options: Any,
    ) -> None:
        super().__init__(handler, **options)
        self._seconds = seconds
        self._timers: dict[RequestHandler, asyncio.TimerHandle] = {}

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        """Start the timer of a new connection."""
        super().connection_made(handler, transport)
        self._timers[handler] = asyncio.get_running_loop().call_later(self._seconds, transport.abort)

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        """Drop the timer with the connection."""
        self.request_arrived(handler)
        super().connection_lost(handler, exc)

    def request_arrived(self, handler: RequestHandler) -> None:
        """Stop the timer of the connection on which a request has come."""
        if (timer := self._timers.pop(handler, None)) is not None:
            timer.cancel()
