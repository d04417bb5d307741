"""One record as it was read, before anything is checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol


class RawRecord(NamedTuple):
    """The record with a number, from 1 in its source.

    `text` is the JSON text to send and `value` what it says. Where it cannot be read, `problem` says why, and
    `content` or the file `spool` holds what stands there.
    """

    number: int
    text: str
    value: Any = None
    problem: str | None = None
    content: bytes | None = None
    spool: Path | None = None


class BrokenInput(Exception):
    """A source cannot be read any further; what was read before is good."""


class OversizeWriter(Protocol):
    """Takes the bytes of one record that is too long for memory."""

    def write(self, content: bytes) -> object:
        """Take the next bytes."""

    def close(self) -> Path | None:
        """End the record; the file that holds it now, None where it is not kept."""


OpenOversize = Callable[[int], OversizeWriter]
"""From a record's number to where its bytes go."""


class DiscardingWriter:
    """Keeps nothing: for a run that only looks."""

    def __init__(self, _number: int) -> None:
        pass

    def write(self, content: bytes) -> None:
        """Drop the bytes."""

    def close(self) -> None:
        """There is no file."""
