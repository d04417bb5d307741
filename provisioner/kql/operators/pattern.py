"""Matching a text against the pattern of a `parse`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from provisioner.diagnostics import Span
from provisioner.kql import values
from provisioner.kql.record import Record, unseen


class Skip(Record):
    """`*`: anything."""


class Capture(Record):
    """`name: type`: a column."""

    name: str
    type: str
    span: Span = unseen(default=Span(0, 0))


Piece = str | Skip | Capture
Matcher = Callable[[str], tuple[Any, ...]]

_PREFIX = {
    "int": re.compile(r"\s*[-+]?\d+"),
    "long": re.compile(r"\s*[-+]?\d+"),
    "real": re.compile(r"\s*[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"),
    "decimal": re.compile(r"\s*[-+]?\d+(?:\.\d+)?"),
    "bool": re.compile(r"\s*\w+"),
}
"""How far a typed capture reaches when `*` follows it."""


def matcher(kind: str, flags: str, pieces: Sequence[Piece]) -> Matcher:
    """A function from a text to the captured values; nulls where the text does not match.

    In kinds `simple` and `regex` one value that is none of its type makes all of them null; in `relaxed` only itself.
    Raises BadRegex where a constant of kind `regex` is no regular expression.
    """
    types = [piece.type for piece in pieces if isinstance(piece, Capture)]
    nulls = tuple("" if name == "string" else None for name in types)
    split = _by_regex(pieces, flags) if kind == "regex" else _by_constants(pieces)
    strict = kind != "relaxed"

    def match(text: str) -> tuple[Any, ...]:
        parts = split(text)
        if parts is None:
            return nulls
        found = tuple(
            part if name == "string" else values.convert(part, "string", name)
            for part, name in zip(parts, types, strict=True)
        )
        return nulls if strict and None in found else found

    return match


def matched(match: Matcher, types: Sequence[str]) -> Matcher:
    """The same matcher, which gives an empty tuple for a text that does not match."""
    nulls = tuple("" if name == "string" else None for name in types)

    def found(text: str) -> tuple[Any, ...]:
        parts = match(text)
        return () if parts == nulls else parts

    return found


def _by_constants(pieces: Sequence[Piece]) -> Callable[[str], list[str] | None]:
    """Constants are looked for one behind another; a capture is what stands between two of them."""

    def split(text: str) -> list[str] | None:
        parts: list[str] = []
        position = 0
        free = not isinstance(pieces[0], Capture)
        for place, piece in enumerate(pieces):
            if isinstance(piece, str):
                found = text.find(piece, position) if free else (position if text.startswith(piece, position) else -1)
                if found < 0:
                    return None
                position, free = found + len(piece), False
            elif isinstance(piece, Skip):
                free = True
            else:
                end = _end(text, position, pieces, place)
                if end < 0:
                    return None
                parts.append(text[position:end])
                position = end
        return parts

    return split


def _end(text: str, position: int, pieces: Sequence[Piece], place: int) -> int:
    """Where the capture at `place` ends: before the next constant, or at the end of the text."""
    after = pieces[place + 1] if place + 1 < len(pieces) else None
    if isinstance(after, str):
        return text.find(after, position)
    piece = pieces[place]
    assert isinstance(piece, Capture)
    prefix = _PREFIX.get(piece.type)
    if after is not None and prefix is not None:
        found = prefix.match(text, position)
        return found.end() if found is not None else -1
    following = next((later for later in pieces[place + 1 :] if isinstance(later, str)), None)
    return len(text) if following is None else text.find(following, position)


def _by_regex(pieces: Sequence[Piece], flags: str) -> Callable[[str], list[str] | None]:
    """The pattern as one regular expression; greedy, unless the flag `U` turns that round."""
    written: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            written.append(f"(?:{piece})" if "|" in piece else piece)
        elif isinstance(piece, Skip):
            written.append(".*")
        else:
            number = sum("(?P<kql" in part for part in written)
            body = r"-?\d+" if piece.type in ("int", "long") else ".*"
            written.append(f"(?P<kql{number}>{body})")
    used = "".join(flag for flag in "imsU" if flag in flags)
    compiled = values.regex((f"(?{used})" if used else "") + "".join(written))
    groups = compiled.names()
    places = [groups[f"kql{number}"] for number in range(sum(isinstance(piece, Capture) for piece in pieces))]

    def split(text: str) -> list[str] | None:
        found = compiled.first(text)
        return None if found is None else [found[place] or "" for place in places]

    return split
