"""Bodies of calls: records that follow one another in a source, as many as a call takes."""

from __future__ import annotations

import datetime as dt
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from provisioner.package_data import load_facts
from provisioner.probes.expected_row import parse_time
from provisioner.send.send_result import DeadRecord

_GZIP_WINDOW = 31  # zlib: gzip header and trailer
# The least effort: the network is faster than a better compression, and the service counts both sizes anyway.
_GZIP_LEVEL = 1
# A comma stands behind each record.
_SEPARATED = (1).__add__
_MOST_DEAD = 1000
"""Dead records of one chunk: a file of them must not be held in memory either."""


def call_limit() -> int:
    """Bytes of one call's body, before and after compression."""
    limit: int = load_facts("limits.yaml")["record"]["call"]["most"]
    return limit


@dataclass(slots=True)
class Chunk:
    """Records `first` to `last` of a source: texts to send with their numbers, and dead ones between them."""

    source: int
    file: str
    first: int
    last: int = 0
    texts: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    dead: list[DeadRecord] = field(default_factory=list)
    size: int = 2
    """Bytes of the body, its two brackets counted."""

    def body(self) -> bytes:
        """The body of the call, compressed."""
        return compressed_body(self.texts)


def compressed_body(texts: Sequence[str]) -> bytes:
    """Records as one JSON array in gzip."""
    # Joined as they were read: a number of twenty digits stays what it is.
    compressor = zlib.compressobj(_GZIP_LEVEL, wbits=_GZIP_WINDOW)
    return compressor.compress(f"[{','.join(texts)}]".encode()) + compressor.flush()


class ChunkBuilder:
    """Fills chunks of one source; a record that does not fit any more ends a chunk.

    With `longest_span` the times of a chunk's records lie no further apart, as tables of some plans ask for.
    """

    def __init__(self, source: int, file: str, first: int, limit: int, longest_span: dt.timedelta | None) -> None:
        self._source = source
        self._file = file
        self._limit = limit
        self._longest_span = longest_span
        self._chunk = Chunk(source, file, first, first - 1)
        self._earliest: dt.datetime | None = None
        self._latest: dt.datetime | None = None

    def add(self, number: int, text: str, size: int, time: object = None) -> Chunk | None:
        """Add a record to send; returns the chunk that is full without it."""
        full = None
        chunk = self._chunk
        has_room = chunk.size + size + 1 <= self._limit
        if chunk.texts and not (has_room and self._fits_span(time)):
            full = self.take()
            chunk = self._chunk
        if self._longest_span is not None:
            self._widen_span(time)
        chunk.texts.append(text)
        chunk.numbers.append(number)
        chunk.size += size + 1
        chunk.last = number
        return full

    def add_all(self, first: int, texts: Sequence[str], sizes: Sequence[int]) -> Iterator[Chunk]:
        """Add records that follow one another, each of which fits a call; yields the chunks that are full."""
        ends = list(accumulate(map(_SEPARATED, sizes)))
        start = 0
        while start < len(texts):
            before = ends[start - 1] if start else 0
            stop = bisect_right(ends, before + self._limit - self._chunk.size, lo=start)
            if stop > start:
                self._extend(first + start, texts[start:stop], ends[stop - 1] - before)
            if stop < len(texts) and (full := self.take()) is not None:
                yield full
            start = stop

    def _extend(self, first: int, texts: Sequence[str], size: int) -> None:
        chunk = self._chunk
        chunk.texts += texts
        chunk.last = first + len(texts) - 1
        chunk.numbers += range(first, chunk.last + 1)
        chunk.size += size

    def add_dead(self, dead: DeadRecord) -> Chunk | None:
        """Add a record that is not sent; returns the chunk that is full with it."""
        self._chunk.dead.append(dead)
        self._chunk.last = dead.record
        return self.take() if len(self._chunk.dead) >= _MOST_DEAD else None

    def take(self) -> Chunk | None:
        """The chunk as it is now, to be sent; None for an empty one."""
        chunk = self._chunk
        if chunk.last < chunk.first:
            return None
        self._chunk = Chunk(self._source, self._file, chunk.last + 1, chunk.last)
        self._earliest = self._latest = None
        return chunk

    def _fits_span(self, time: object) -> bool:
        parsed = parse_time(time) if self._longest_span is not None else None
        if parsed is None or self._longest_span is None or self._earliest is None or self._latest is None:
            return True
        return max(self._latest, parsed) - min(self._earliest, parsed) <= self._longest_span

    def _widen_span(self, time: object) -> None:
        parsed = parse_time(time)
        if parsed is not None:
            self._earliest = min(self._earliest or parsed, parsed)
            self._latest = max(self._latest or parsed, parsed)
