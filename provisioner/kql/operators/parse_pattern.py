"""Matching a text against the pattern of a `parse`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from provisioner.diagnostics import Span
from provisioner.kql import values
from provisioner.kql.vocabulary.struct_class import Struct, uncompared


class Wildcard(Struct):
    """`*`: any text."""


class Capture(Struct):
    """`name: type`: a column."""

    name: str
    type: str
    span: Span = uncompared(default=Span(0, 0))


PatternPiece = str | Wildcard | Capture
Matcher = Callable[[str], tuple[values.Value, ...]]

_TYPE_PATTERNS = {
    "int": r"[-+]?\d+",
    "long": r"[-+]?\d+",
    "real": r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?",
    "decimal": r"[-+]?\d+(?:\.\d+)?",
    "bool": r"\w+",
}
"""The text that a typed capture takes where `*` follows it, and anywhere in a pattern of kind `regex`."""

REGEX_TYPE_PATTERNS = {**_TYPE_PATTERNS, "bool": "[tT][rR][uU][eE]|[fF][aA][lL][sS][eE]", "guid": "[-0-9a-fA-F]+"}


def build_matcher(
    kind: str, flags: str, pieces: Sequence[PatternPiece], *, required: bool = False, whole_text: bool = False
) -> Matcher:
    """A function from a text to the captured values, in the order of the captures.

    With `whole_text` a pattern of kind `regex` must match the whole text, as in a transformation; a query takes a part.
    For a text that does not match it gives nulls (empty strings), or an empty tuple where the match is `required`.
    In kinds `simple` and `regex` one value that is none of its type makes all of them null; in `relaxed` only itself.
    Raises BadRegex where a constant of kind `regex` is no regular expression.
    """
    types = [piece.type for piece in pieces if isinstance(piece, Capture)]
    nulls = () if required else tuple("" if type_name == "string" else None for type_name in types)
    split = _regex_splitter(pieces, flags, whole_text=whole_text) if kind == "regex" else _constant_splitter(pieces)
    strict = kind != "relaxed"

    def match(text: str) -> tuple[values.Value, ...]:
        parts = split(text)
        if parts is None:
            return nulls
        captured = tuple(
            part if type_name == "string" else values.convert(part, "string", type_name)
            for part, type_name in zip(parts, types, strict=True)
        )
        return nulls if strict and None in captured else captured

    return match


def _constant_splitter(pieces: Sequence[PatternPiece]) -> Callable[[str], list[str] | None]:
    """A function from a text to the captured texts, None where it does not match; for kinds `simple` and `relaxed`.

    Constants are searched one after another; a capture is the text between two of them.
    """
    last = len(pieces) - 1

    def split(text: str) -> list[str] | None:
        parts: list[str] = []
        position = 0
        # Whether text may be skipped before the next constant: after `*`, and before a pattern that begins with one.
        may_skip = not isinstance(pieces[0], Capture)
        for index, piece in enumerate(pieces):
            if isinstance(piece, str):
                start = _find_constant(text, piece, position, at_end=index == last)
                if start < 0 or (start > position and not may_skip):
                    return None
                position, may_skip = start + len(piece), False
            elif isinstance(piece, Wildcard):
                may_skip = True
            else:
                end = _find_capture_end(text, position, pieces, index)
                if end < 0:
                    return None
                parts.append(text[position:end])
                position = end
        return parts

    return split


def _find_constant(text: str, constant: str, position: int, *, at_end: bool) -> int:
    """The first position of a constant from `position` on, or that at the very end of the text; -1 without one."""
    # A constant that ends the pattern ends the text too.
    if not at_end:
        return text.find(constant, position)
    start = len(text) - len(constant)
    return start if start >= position and text.endswith(constant) else -1


def _find_capture_end(text: str, position: int, pieces: Sequence[PatternPiece], index: int) -> int:
    """The end of the capture `pieces[index]` that begins at `position`; -1 where the text does not match.

    It ends before the next constant, where its type's pattern ends if `*` follows, or at the end of the text.
    """
    last = len(pieces) - 1
    next_piece = pieces[index + 1] if index < last else None
    if isinstance(next_piece, str):
        return _find_constant(text, next_piece, position, at_end=index + 1 == last)
    piece = pieces[index]
    assert isinstance(piece, Capture)
    if next_piece is not None and piece.type in _TYPE_PATTERNS:
        match = _type_pattern(piece.type).match(text, position)
        return match.end() if match is not None else position if index + 1 == last else -1
    next_constant = next((later for later in pieces[index + 1 :] if isinstance(later, str)), None)
    return len(text) if next_constant is None else text.find(next_constant, position)


@cache
def _type_pattern(type_name: str) -> re.Pattern[str]:
    return re.compile(rf"\s*{_TYPE_PATTERNS[type_name]}")


def _regex_splitter(
    pieces: Sequence[PatternPiece], flags: str, *, whole_text: bool
) -> Callable[[str], list[str] | None]:
    """As `_constant_splitter`, by one regular expression whose constants are patterns; raises BadRegex.

    Captures are greedy, unless the flag `U` reverses that.
    """
    patterns: list[str] = []
    count = 0
    for piece in pieces:
        if isinstance(piece, str):
            # An alternative must not reach beyond its own constant.
            patterns.append(f"(?:{piece})" if "|" in piece else piece)
        elif isinstance(piece, Wildcard):
            patterns.append(".*?")
        else:
            # By name: the author's constants may have groups of their own, which shift the numbers.
            patterns.append(f"(?P<kql{count}>{REGEX_TYPE_PATTERNS.get(piece.type, '.*')})")
            count += 1
    regex_flags = "".join(flag for flag in "imsU" if flag in flags)
    pattern = "".join(patterns)
    # \A and \z, since the flag `m` lets ^ and $ match at every line
    pattern = rf"\A(?:{pattern})\z" if whole_text else pattern
    compiled = values.compile_regex((f"(?{regex_flags})" if regex_flags else "") + pattern)
    numbers_by_name = compiled.group_numbers()
    group_numbers = [numbers_by_name[f"kql{index}"] for index in range(count)]

    def split(text: str) -> list[str] | None:
        groups = compiled.first_match(text)
        return None if groups is None else [groups[number] or "" for number in group_numbers]

    return split
