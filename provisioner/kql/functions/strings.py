"""Strings: joining, cutting, finding, changing case and order; positions count characters from 0."""

from __future__ import annotations

from functools import partial

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import Regex, Value, compile_regex, dynamic_to_text, text_formatter_for, to_text

_NON_STRING_TYPES = ("bool", "int", "long", "real", "decimal", "datetime", "timespan", "guid", "dynamic")
_MAX_COPIES = 1024
_MAX_CHARACTERS = 64 * 1024 * 1024
"""The longest string that Kusto holds."""


@scalar_function("strcat(value: scalar+) -> string", handles_nulls=True, takes_types=True)
def strcat(*values: Value, types: tuple[str, ...]) -> str:
    """All arguments as text, one after another; a null adds nothing."""
    return "".join([to_text(value, type_name) for value, type_name in zip(values, types, strict=False)])


@scalar_function(
    "strcat_delim(delimiter: scalar, value: scalar, more: scalar+) -> string", handles_nulls=True, takes_types=True
)
def strcat_delim(*values: Value, types: tuple[str, ...]) -> str:
    """All arguments but the first as text, with the first between them."""
    delimiter, *parts = [to_text(value, type_name) for value, type_name in zip(values, types, strict=False)]
    return delimiter.join(parts)


@scalar_function(
    "strcat_array(array: dynamic, delimiter: scalar) -> string",
    "array_strcat(array: dynamic, delimiter: scalar) -> string",
    takes_types=True,
)
def strcat_array(array: Value, delimiter: Value, *, types: tuple[str, ...]) -> str:
    """The members of an array as text, with the delimiter between them; the text of a value that is no array."""
    if not isinstance(array, list):
        return dynamic_to_text(array)
    return to_text(delimiter, types[1]).join(map(dynamic_to_text, array))


@scalar_function("strcmp(left: scalar, right: scalar) -> long", handles_nulls=True, takes_types=True)
def strcmp(left: Value, right: Value, *, types: tuple[str, ...]) -> int:
    """-1, 0 or 1 as the first text comes before, equals or comes after the second."""
    left_text, right_text = to_text(left, types[0]), to_text(right, types[1])
    return (left_text > right_text) - (left_text < right_text)


@scalar_function("strrep(value: scalar, times: long, delimiter: scalar?) -> string", takes_types=True)
def strrep(value: Value, times: int, delimiter: Value = "", *, types: tuple[str, ...]) -> str:
    """The value as text, repeated `times` times (1024 at most), with the delimiter between."""
    separator = to_text(delimiter, types[2]) if len(types) > 2 else ""
    text = to_text(value, types[0])
    # Nested calls would multiply: the result is kept to the longest string there can be.
    max_copies = min(_MAX_COPIES, max(1, _MAX_CHARACTERS // (len(text) + len(separator) + 1)))
    return separator.join([text] * max(0, min(times, max_copies)))


@scalar_function("strlen(text: string) -> long", inline_template="len({0})")
def strlen(text: str) -> int:
    """How many characters the text has."""
    return len(text)


@scalar_function("strlen(value: dynamic) -> long")
def strlen_dynamic(value: Value) -> int:
    """How many characters the text of the value has."""
    return len(dynamic_to_text(value))


@scalar_function("string_size(text: string) -> long")
def string_size(text: str) -> int:
    """How many bytes the text has in UTF-8."""
    return len(text.encode("utf-8", "replace"))


@scalar_function("string_size(value: dynamic) -> long")
def string_size_dynamic(value: Value) -> int:
    """How many bytes the text of the value has in UTF-8."""
    return string_size(dynamic_to_text(value))


def _to_upper(type_name: str, value: Value) -> str:
    return text_formatter_for(type_name)(value).upper()


def _to_lower(type_name: str, value: Value) -> str:
    return text_formatter_for(type_name)(value).lower()


def _reverse(type_name: str, value: Value) -> str:
    return text_formatter_for(type_name)(value)[::-1]


for _name, _body, _inline in (
    ("toupper", _to_upper, "{0}.upper()"),
    ("tolower", _to_lower, "{0}.lower()"),
    ("reverse", _reverse, "{0}[::-1]"),
):
    scalar_function(f"{_name}(text: string) -> string", inline_template=_inline)(partial(_body, "string"))
    for _type_name in _NON_STRING_TYPES:
        scalar_function(f"{_name}(value: {_type_name}) -> string")(partial(_body, _type_name))


@scalar_function("substring(text: string, start: long, length: long?) -> string")
def substring(text: str, start: int, length: int | None = None) -> str:
    """The part from `start`, counted from the end where it is negative, of at most `length` characters.

    A negative start beyond the beginning gives an empty string.
    """
    begin = start if start >= 0 else len(text) + start
    if begin < 0:
        return ""
    return text[begin:] if length is None else text[begin : begin + max(0, length)]


@scalar_function("substring(value: scalar, start: long, length: long?) -> string", takes_types=True)
def substring_of(value: Value, start: int, length: int | None = None, *, types: tuple[str, ...]) -> str:
    """As `substring` of the value's text."""
    return substring(to_text(value, types[0]), start, length)


@scalar_function(
    "indexof(text: scalar, match: scalar, start: long?, length: long?, occurrence: literal long?) -> long",
    takes_types=True,
)
def indexof(
    text: Value, match: Value, start: int = 0, length: int = -1, occurrence: int = 1, *, types: tuple[str, ...]
) -> int | None:
    """The position of the `occurrence`-th `match` in `length` characters from `start`; -1 where there is none.

    A negative start counts from the end, a length of -1 is all; null for a lower length or an occurrence below 0.
    The search for each further occurrence has the same length again, as the documented example shows.
    """
    searched, part = to_text(text, types[0]), to_text(match, types[1])
    if occurrence < 0 or length < -1:
        return None
    window = len(searched) if length == -1 else length
    begin = start if start >= 0 else max(0, len(searched) + start)
    position = searched.find(part, begin, begin + window)
    while position >= 0 and occurrence > 1:
        position = searched.find(part, position + 1, position + 1 + window)
        occurrence -= 1
    return position


@scalar_function(
    "indexof_regex(text: scalar, pattern: literal string, start: long?, length: long?, nth: literal long?) -> long",
    takes_types=True,
    prepare={1: compile_regex},
)
def indexof_regex(
    text: Value, match: Regex, start: int = 0, length: int = -1, occurrence: int = 1, *, types: tuple[str, ...]
) -> int | None:
    """As `indexof` with a pattern whose matches do not overlap; null for a negative start."""
    searched = to_text(text, types[0])
    if start < 0 or occurrence < 0 or length < -1:
        return None
    window = searched[start:] if length == -1 else searched[start : start + length]
    for number, spans in enumerate(match.match_spans(window), 1):
        if number >= occurrence:
            return start + spans[0][0]
    return -1


@scalar_function("split(text: scalar, delimiter: string, index: long?) -> dynamic", takes_types=True)
def split(text: Value, delimiter: str, index: int | None = None, *, types: tuple[str, ...]) -> list[str] | None:
    """The parts between delimiters; with an index, the part at it in an array, or null where there is none."""
    value_text = to_text(text, types[0])
    # Python refuses an empty delimiter.
    parts = value_text.split(delimiter) if delimiter else [value_text]
    if index is None:
        return parts
    return [parts[index]] if 0 <= index < len(parts) else None


@scalar_function("replace_string(text: string, lookup: string, rewrite: string) -> string")
def replace_string(text: str, lookup: str, rewrite: str) -> str:
    """Every occurrence of the lookup replaced."""
    # Python finds an empty lookup between all characters.
    return text.replace(lookup, rewrite) if lookup else text


@scalar_function("replace_strings(text: string, lookups: dynamic, rewrites: dynamic) -> string")
def replace_strings(text: str, lookups: Value, rewrites: Value) -> str:
    """Every occurrence of each lookup replaced by its rewrite; an earlier lookup goes first, no text is replaced twice.

    A lookup whose rewrite is no string stays as it is.
    """
    if not (isinstance(lookups, list) and isinstance(rewrites, list)):
        return text
    pairs = [
        (lookup, rewrite if isinstance(rewrite, str) else lookup)
        for lookup, rewrite in zip(lookups, rewrites, strict=False)
        if isinstance(lookup, str) and lookup
    ]
    return _replace_pairs(text, pairs)


def _replace_pairs(text: str, pairs: list[tuple[str, str]]) -> str:
    # Each piece with whether it is a rewrite: what one lookup put in is not searched for the next.
    pieces = [(text, False)]
    for lookup, rewrite in pairs:
        pieces = [
            part
            for piece, is_rewrite in pieces
            for part in ([(piece, True)] if is_rewrite else _insert_between(piece.split(lookup), rewrite))
        ]
    return "".join(piece for piece, _ in pieces)


def _insert_between(parts: list[str], rewrite: str) -> list[tuple[str, bool]]:
    """The parts with the rewrite between them; the rewrite alone is marked True."""
    pieces = [(parts[0], False)]
    for part in parts[1:]:
        pieces += [(rewrite, True), (part, False)]
    return pieces


@scalar_function("translate(search: string, replacement: string, text: string) -> string")
def translate(search: str, replacement: str, text: str) -> str:
    """Each character of `search` replaced by that at the same position of `replacement`, whose last serves the rest."""
    last = replacement[-1:]
    table: dict[int, str] = {}
    for position, character in enumerate(search):
        table.setdefault(ord(character), replacement[position : position + 1] or last)
    return text.translate(table)
