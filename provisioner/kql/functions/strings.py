"""Strings: joining, cutting, finding, changing case and order; positions count characters from 0."""

from __future__ import annotations

from functools import partial
from typing import Any

from provisioner.kql.functions.function_registry import function
from provisioner.kql.values import Regex, regex, text_of, text_of_dynamic, texter

_OTHERS = ("bool", "int", "long", "real", "decimal", "datetime", "timespan", "guid", "dynamic")
_MOST_COPIES = 1024
_MOST_CHARACTERS = 64 * 1024 * 1024
"""No string of Kusto's is longer."""


@function("strcat(value: scalar+) -> string", nulls=True, types=True)
def strcat(*values: Any, types: tuple[str, ...]) -> str:
    """All arguments as text, one after another; a null adds nothing."""
    return "".join([text_of(value, kind) for value, kind in zip(values, types, strict=False)])


@function("strcat_delim(delimiter: scalar, value: scalar, more: scalar+) -> string", nulls=True, types=True)
def strcat_delim(*values: Any, types: tuple[str, ...]) -> str:
    """All arguments but the first as text, with the first between them."""
    delimiter, *parts = [text_of(value, kind) for value, kind in zip(values, types, strict=False)]
    return delimiter.join(parts)


@function(
    "strcat_array(array: dynamic, delimiter: scalar) -> string",
    "array_strcat(array: dynamic, delimiter: scalar) -> string",
    types=True,
)
def strcat_array(array: Any, delimiter: Any, *, types: tuple[str, ...]) -> str:
    """The members of an array as text, with the delimiter between them; what is no array, as text itself."""
    if not isinstance(array, list):
        return text_of_dynamic(array)
    return text_of(delimiter, types[1]).join(map(text_of_dynamic, array))


@function("strcmp(left: scalar, right: scalar) -> long", nulls=True, types=True)
def strcmp(left: Any, right: Any, *, types: tuple[str, ...]) -> int:
    """-1, 0 or 1 as the first text comes before, equals or comes after the second."""
    one, other = text_of(left, types[0]), text_of(right, types[1])
    return (one > other) - (one < other)


@function("strrep(value: scalar, times: long, delimiter: scalar?) -> string", types=True)
def strrep(value: Any, times: int, delimiter: Any = "", *, types: tuple[str, ...]) -> str:
    """The value as text, so many times (1024 at most), with the delimiter between."""
    between = text_of(delimiter, types[2]) if len(types) > 2 else ""
    text = text_of(value, types[0])
    most = min(_MOST_COPIES, max(1, _MOST_CHARACTERS // (len(text) + len(between) + 1)))
    return between.join([text] * max(0, min(times, most)))


@function("strlen(text: string) -> long", inline="len({0})")
def strlen(text: str) -> int:
    """How many characters the text has."""
    return len(text)


@function("strlen(value: dynamic) -> long")
def strlen_dynamic(value: Any) -> int:
    """How many characters the text of the value has."""
    return len(text_of_dynamic(value))


@function("string_size(text: string) -> long")
def string_size(text: str) -> int:
    """How many bytes the text has in UTF-8."""
    return len(text.encode("utf-8", "replace"))


@function("string_size(value: dynamic) -> long")
def string_size_dynamic(value: Any) -> int:
    """How many bytes the text of the value has in UTF-8."""
    return string_size(text_of_dynamic(value))


def _upper(kind: str, value: Any) -> str:
    return texter(kind)(value).upper()


def _lower(kind: str, value: Any) -> str:
    return texter(kind)(value).lower()


def _reversed(kind: str, value: Any) -> str:
    return texter(kind)(value)[::-1]


for _name, _body, _inline in (
    ("toupper", _upper, "{0}.upper()"),
    ("tolower", _lower, "{0}.lower()"),
    ("reverse", _reversed, "{0}[::-1]"),
):
    function(f"{_name}(text: string) -> string", inline=_inline)(partial(_body, "string"))
    for _kind in _OTHERS:
        function(f"{_name}(value: {_kind}) -> string")(partial(_body, _kind))


@function("substring(text: string, start: long, length: long?) -> string")
def substring(text: str, start: int, length: int | None = None) -> str:
    """The part from `start`, counted from the end where it is negative, of at most `length` characters.

    A negative start that reaches back beyond the beginning gives nothing.
    """
    begin = start if start >= 0 else len(text) + start
    if begin < 0:
        return ""
    return text[begin:] if length is None else text[begin : begin + max(0, length)]


@function("substring(value: scalar, start: long, length: long?) -> string", types=True)
def substring_of(value: Any, start: int, length: int | None = None, *, types: tuple[str, ...]) -> str:
    """The same of any value's text."""
    return substring(text_of(value, types[0]), start, length)


@function(
    "indexof(text: scalar, match: scalar, start: long?, length: long?, occurrence: literal long?) -> long", types=True
)
def indexof(
    text: Any, match: Any, start: int = 0, length: int = -1, occurrence: int = 1, *, types: tuple[str, ...]
) -> int | None:
    """Where `match` is found the `occurrence`-th time in `length` characters from `start`; -1 where it is not.

    A negative start counts from the end, a length of -1 is all; null for a lower length or an occurrence below 0.
    The search for each further occurrence has the same length again, as the documented example shows.
    """
    whole, part = text_of(text, types[0]), text_of(match, types[1])
    if occurrence < 0 or length < -1:
        return None
    room = len(whole) if length == -1 else length
    begin = start if start >= 0 else max(0, len(whole) + start)
    position = whole.find(part, begin, begin + room)
    while position >= 0 and occurrence > 1:
        position = whole.find(part, position + 1, position + 1 + room)
        occurrence -= 1
    return position


@function(
    "indexof_regex(text: scalar, pattern: literal string, start: long?, length: long?, nth: literal long?) -> long",
    types=True,
    prepare={1: regex},
)
def indexof_regex(
    text: Any, match: Regex, start: int = 0, length: int = -1, occurrence: int = 1, *, types: tuple[str, ...]
) -> int | None:
    """As `indexof` with a pattern whose matches do not overlap; null for a negative start."""
    whole = text_of(text, types[0])
    if start < 0 or occurrence < 0 or length < -1:
        return None
    window = whole[start:] if length == -1 else whole[start : start + length]
    for number, spans in enumerate(match.spans(window), 1):
        if number >= occurrence:
            return start + spans[0][0]
    return -1


@function("split(text: scalar, delimiter: string, index: long?) -> dynamic", types=True)
def split(text: Any, delimiter: str, index: int | None = None, *, types: tuple[str, ...]) -> list[str] | None:
    """The parts between delimiters; with an index the one part there, in an array, or null where there is none."""
    whole = text_of(text, types[0])
    parts = whole.split(delimiter) if delimiter else [whole]
    if index is None:
        return parts
    return [parts[index]] if 0 <= index < len(parts) else None


@function("replace_string(text: string, lookup: string, rewrite: string) -> string")
def replace_string(text: str, lookup: str, rewrite: str) -> str:
    """Every occurrence of the lookup replaced."""
    return text.replace(lookup, rewrite) if lookup else text


@function("replace_strings(text: string, lookups: dynamic, rewrites: dynamic) -> string")
def replace_strings(text: str, lookups: Any, rewrites: Any) -> str:
    """Every occurrence of each lookup replaced by its rewrite; an earlier lookup goes first, no text is replaced twice.

    A rewrite that is no string keeps what its lookup found.
    """
    if not (isinstance(lookups, list) and isinstance(rewrites, list)):
        return text
    pairs = [
        (lookup, rewrite if isinstance(rewrite, str) else lookup)
        for lookup, rewrite in zip(lookups, rewrites, strict=False)
        if isinstance(lookup, str) and lookup
    ]
    return _replace(text, pairs)


def _replace(text: str, pairs: list[tuple[str, str]]) -> str:
    pieces = [(text, False)]
    for lookup, rewrite in pairs:
        pieces = [
            part
            for piece, done in pieces
            for part in ([(piece, True)] if done else _between(piece.split(lookup), rewrite))
        ]
    return "".join(piece for piece, _ in pieces)


def _between(parts: list[str], rewrite: str) -> list[tuple[str, bool]]:
    """The parts, still to be searched, with the rewrite between them, which is not."""
    pieces = [(parts[0], False)]
    for part in parts[1:]:
        pieces += [(rewrite, True), (part, False)]
    return pieces


@function("translate(search: string, replacement: string, text: string) -> string")
def translate(search: str, replacement: str, text: str) -> str:
    """Each character of `search` replaced by the one at its place in `replacement`, whose last one serves the rest."""
    last = replacement[-1:]
    table: dict[int, str] = {}
    for position, character in enumerate(search):
        table.setdefault(ord(character), replacement[position : position + 1] or last)
    return text.translate(table)
