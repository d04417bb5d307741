"""What the server tells every open page without being asked: changes of files, and the progress of runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

# A page that has gone to sleep reads nothing: what it missed by then is old news.
_MAX_WAITING = 1_000


class EventStream:
    """The open pages; events may be published from any thread, and are encoded as server-sent events."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[bytes]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def has_listeners(self) -> bool:
        """Whether a page listens."""
        return bool(self._queues)

    def publish(self, name: str, value: Any) -> None:
        """Put an event into the queue of every page, without waiting until one has read it."""
        data = f"event: {name}\ndata: {json.dumps(value)}\n\n".encode()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._put, data)

    def close(self) -> None:
        """End every subscription, from the loop's own thread."""
        self._put(b"")

    @contextmanager
    def listen(self) -> Iterator[AsyncIterator[bytes]]:
        """Events from now on, until the stream is closed; within the loop that answers the page."""
        self._loop = asyncio.get_running_loop()
        queue: asyncio.Queue[bytes] = asyncio.Queue(_MAX_WAITING)
        # At once and not when the first event is asked for: what comes in between counts too.
        self._queues.add(queue)
        try:
            yield _events_of(queue)
        finally:
            self._queues.discard(queue)

    def _put(self, data: bytes) -> None:
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(data)


async def _events_of(queue: asyncio.Queue[bytes]) -> AsyncIterator[bytes]:
    while data := await queue.get():
        yield data
