"""What a pipe or a terminal brings, as it comes, with its pauses."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Iterator
from typing import IO

BLOCK_SIZE = 1 << 20
# Seconds without a byte after which what has come is sent: a log that is followed pauses.
IDLE_SECONDS = 1.0
_BLOCKS_AHEAD = 2


def stream_blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """The blocks of a stream; an empty block where it pauses. Raises OSError where it cannot be read on."""
    try:
        descriptor = stream.fileno()
    except (AttributeError, OSError):
        # Not the system's, but an object of the program that embeds us.
        yield from iter(lambda: stream.read(BLOCK_SIZE), b"")
        return
    yield from _blocks_of(descriptor)


def _read_by_thread(descriptor: int) -> Iterator[bytes]:
    """The blocks of a descriptor that no call of the system can be asked about beforehand."""
    blocks: queue.Queue[bytes | OSError] = queue.Queue(_BLOCKS_AHEAD)

    def read() -> None:
        try:
            while block := os.read(descriptor, BLOCK_SIZE):
                blocks.put(block)
        except OSError as error:
            blocks.put(error)
        else:
            blocks.put(b"")

    # A daemon: the program must not wait at its end for a pipe that nobody writes to any more.
    threading.Thread(target=read, name="send-input", daemon=True).start()
    while True:
        try:
            block = blocks.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            yield b""
            continue
        if isinstance(block, OSError):
            raise block
        if not block:
            return
        yield block


if sys.platform == "win32":
    # Windows can be asked whether there is something to read for sockets only.
    _blocks_of = _read_by_thread
else:
    import select

    def _blocks_of(descriptor: int) -> Iterator[bytes]:
        while True:
            if not select.select([descriptor], [], [], IDLE_SECONDS)[0]:
                yield b""
            elif block := os.read(descriptor, BLOCK_SIZE):
                yield block
            else:
                return
