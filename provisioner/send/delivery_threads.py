"""A few threads that deliver chunks while others are read."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress

from provisioner.operating_system import LOCK_WAIT_SECONDS
from provisioner.send.chunks import Chunk
from provisioner.send.send_result import ChunkResult

Finished = tuple[Chunk, ChunkResult | BaseException]


class DeliveryThreads:
    """Runs `deliver` over submitted chunks in `count` threads; what it raises comes back in the place of a result."""

    def __init__(self, deliver: Callable[[Chunk], ChunkResult], count: int) -> None:
        self._deliver = deliver
        self._count = count
        self._todo: queue.SimpleQueue[Chunk | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Finished] = queue.SimpleQueue()
        self._started = 0
        self.under_way = 0
        """Chunks submitted whose result was not taken yet."""

    def submit(self, chunk: Chunk) -> None:
        """Deliver a chunk."""
        self.under_way += 1
        self._todo.put(chunk)
        # A thread more only where all have work: each opens a connection of its own.
        if self._started < min(self._count, self.under_way):
            # Daemon threads: the interpreter must not wait for a call that hangs when a person wants it to end.
            threading.Thread(target=self._work, name=f"send-{self._started}", daemon=True).start()
            self._started += 1

    def take(self, *, wait: bool, timeout: float | None = None) -> Finished | None:
        """The next finished chunk; None where none is finished, or with `wait` where none is under way."""
        while self.under_way:
            with suppress(queue.Empty):
                seconds = timeout if timeout is not None else LOCK_WAIT_SECONDS
                finished = self._done.get(block=wait, timeout=seconds if wait else None)
                self.under_way -= 1
                return finished
            if not wait or timeout is not None:
                return None
        return None

    def close(self) -> None:
        """Let the threads end once they have nothing left to do."""
        for _ in range(self._started):
            self._todo.put(None)

    def _work(self) -> None:
        while (chunk := self._todo.get()) is not None:
            try:
                self._done.put((chunk, self._deliver(chunk)))
            except BaseException as error:  # noqa: BLE001 - raised again by who takes the result
                self._done.put((chunk, error))
