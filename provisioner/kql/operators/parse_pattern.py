"""Matching a text against the pattern of a `parse`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from provisioner.diagnostics import Span
from provisioner.kql import values
from provisioner.kql.vocabulary.struct_class import Record, unseen


class Skip(Record):
    """`*`: anything."""


class Capture(Record):
    """`name: type`: a column."""

    name: str
    type: str
    span: Span = unseen(default=Span(0, 0))


Piece = str | Skip | Capture
Matcher = Callable[[str], tuple[Any, ...]]

_SHAPES = {
    "int": r"[-+]?\d+",
    "long": r"[-+]?\d+",
    "real": r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?",
    "decimal": r"[-+]?\d+(?:\.\d+)?",
    "bool": r"\w+",
}
"""How far a typed capture reaches when `*` follows it, and wherever it stands in a pattern of kind `regex`."""

_REGEX_SHAPES = {**_SHAPES, "bool": "[tT][rR][uU][eE]|[fF][aA][lL][sS][eE]", "guid": "[-0-9a-fA-F]+"}


def matcher(kind: str, flags: str, pieces: Sequence[Piece], *, required: bool = False) -> Matcher:
    """A function from a text to the captured values; nulls where the text does not match, nothing where it has to.

    In kinds `simple` and `regex` one value that is none of its type makes all of them null; in `relaxed` only itself.
    Raises BadRegex where a constant of kind `regex` is no regular expression.
    """
    types = [piece.type for piece in pieces if isinstance(piece, Capture)]
    nulls = () if required else tuple("" if name == "string" else None for name in types)
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


def _by_constants(pieces: Sequence[Piece]) -> Callable[[str], list[str] | None]:
    """Constants are looked for one behind another; a capture is what stands between two of them.

    A constant that ends the pattern ends the text too.
    """
    last = len(pieces) - 1

    def split(text: str) -> list[str] | None:
        parts: list[str] = []
        position = 0
        free = not isinstance(pieces[0], Capture)
        for place, piece in enumerate(pieces):
            if isinstance(piece, str):
                found = _find(text, piece, position, final=place == last)
                if found < 0 or (found > position and not free):
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


def _find(text: str, constant: str, position: int, *, final: bool) -> int:
    """Where a constant stands from `position` on: the first place, or the very end; -1 where nowhere."""
    if not final:
        return text.find(constant, position)
    place = len(text) - len(constant)
    return place if place >= position and text.endswith(constant) else -1


def _end(text: str, position: int, pieces: Sequence[Piece], place: int) -> int:
    """Where the capture at `place` ends: before the next constant, or at the end of the text."""
    last = len(pieces) - 1
    after = pieces[place + 1] if place < last else None
    if isinstance(after, str):
        return _find(text, after, position, final=place + 1 == last)
    piece = pieces[place]
    assert isinstance(piece, Capture)
    if after is not None and piece.type in _SHAPES:
        found = _shape(piece.type).match(text, position)
        return found.end() if found is not None else position if place + 1 == last else -1
    following = next((later for later in pieces[place + 1 :] if isinstance(later, str)), None)
    return len(text) if following is None else text.find(following, position)


@cache
def _shape(kind: str) -> re.Pattern[str]:
    return re.compile(rf"\s*{_SHAPES[kind]}")


def _by_regex(pieces: Sequence[Piece], flags: str) -> Callable[[str], list[str] | None]:
    """The pattern as one regular expression; captures are greedy, unless the flag `U` turns that round."""
    written: list[str] = []
    count = 0
    for piece in pieces:
        if isinstance(piece, str):
            written.append(f"(?:{piece})" if "|" in piece else piece)
        elif isinstance(piece, Skip):
            written.append(".*?")
        else:
            written.append(f"(?P<kql{count}>{_REGEX_SHAPES.get(piece.type, '.*')})")
            count += 1
    used = "".join(flag for flag in "imsU" if flag in flags)
    compiled = values.regex((f"(?{used})" if used else "") + "".join(written))
    groups = compiled.names()
    places = [groups[f"kql{number}"] for number in range(count)]

    def split(text: str) -> list[str] | None:
        found = compiled.first(text)
        return None if found is None else [found[place] or "" for place in places]

    return split
