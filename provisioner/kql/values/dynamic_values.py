"""Dynamic values: JSON, and the datetimes, timespans, guids and decimals that Kusto keeps typed inside a dynamic."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Callable, Hashable
from decimal import Decimal
from functools import cache, total_ordering
from json.scanner import make_scanner
from typing import Any, NoReturn, cast
from uuid import UUID

from provisioner.kql.values.datetimes import datetime_from_python, format_datetime
from provisioner.kql.values.numbers import MAX_INT, MAX_LONG, MIN_INT, MIN_LONG, format_decimal, to_float
from provisioner.kql.values.timespans import format_timespan, timespan_from_python

MAX_DEPTH = 256
"""Deeper nesting is not taken as JSON: Python's own reader and writer recurse, and give up a little later."""
_SHORTEST_TOO_DEEP = 2 * MAX_DEPTH
"""The characters of the shortest text that nests deeper: its brackets."""


@total_ordering
class TypedTicks:
    """A datetime or timespan inside a dynamic, as ticks of 100 ns: a bare int would be a long there."""

    __slots__ = ("ticks",)
    type_name = ""

    def __init__(self, ticks: int) -> None:
        self.ticks = ticks

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.ticks == self.ticks

    def __lt__(self, other: TypedTicks) -> bool:
        return self.ticks < other.ticks

    def __hash__(self) -> int:
        return hash((self.type_name, self.ticks))

    def __repr__(self) -> str:
        return f"{self.type_name}({self})"


class DynamicDatetime(TypedTicks):
    """A datetime inside a dynamic; `ticks` count from the year 1 in UTC."""

    __slots__ = ()
    type_name = "datetime"

    def __str__(self) -> str:
        return format_datetime(self.ticks)


class DynamicTimespan(TypedTicks):
    """A timespan inside a dynamic."""

    __slots__ = ()
    type_name = "timespan"

    def __str__(self) -> str:
        return format_timespan(self.ticks)


Value = None | bool | int | float | str | Decimal | UUID | TypedTicks | list["Value"] | dict[str, "Value"]
"""A run-time value of any type, or a member of a dynamic; only inside a dynamic are times TypedTicks."""


def wrap_dynamic(value: Value, type_name: str) -> Value:
    """A run-time value of any type as a member of a dynamic; an empty string stays a string."""
    if value is None:
        return None
    if type_name == "datetime" and isinstance(value, int):
        return DynamicDatetime(value)
    return DynamicTimespan(value) if type_name == "timespan" and isinstance(value, int) else value


def unwrap_dynamic(value: Value) -> tuple[Value, str]:
    """A member of a dynamic as run-time value and type name; null is (None, "null"), arrays and bags are "dynamic"."""
    if isinstance(value, TypedTicks):
        return value.ticks, value.type_name
    type_name = _TYPE_NAMES.get(type(value), "dynamic")
    return value, "dynamic" if type_name in ("array", "dictionary") else type_name


_UNCHANGED_TYPES = frozenset((type(None), bool, float))
_TYPE_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "bool",
    int: "long",
    float: "real",
    str: "string",
    list: "array",
    dict: "dictionary",
    UUID: "guid",
    Decimal: "decimal",
    DynamicDatetime: "datetime",
    DynamicTimespan: "timespan",
}


def dynamic_type_name(value: Value) -> str:
    """The name `gettype` gives a dynamic: `double` for real, `array`, `dictionary`, `int` for a small whole number."""
    type_name = _TYPE_NAMES[type(value)]
    if type(value) is int:
        return "int" if MIN_INT <= value <= MAX_INT else type_name
    return "double" if type_name == "real" else type_name


def parse_json(text: str) -> Value:
    """The value of a JSON text; null for an empty one, and the text itself where it is no JSON."""
    # One reader takes almost every text, several times as fast as the other, and leaves to it what it refuses (half a
    # surrogate pair, a number that overflows, text that is no JSON) and what it would take for a whole number beyond 64
    # bits. That may stand in a text of the value too: the other reader knows.
    try:
        value: Value = _fast_reader()(text)
    except ValueError:
        return parse_unusual_json(text)
    if _has_nineteen_digits(text) or _has_twenty_digits(text):
        return parse_unusual_json(text)
    # Only enough brackets make too deep a nesting: no other value is walked.
    if len(text) > _SHORTEST_TOO_DEEP and text.count("{") + text.count("[") > MAX_DEPTH:
        return normalize_dynamic(value, text)
    return value


def parse_unusual_json(text: str) -> Value:
    """As `parse_json`, by the standard library's reader."""
    # The scanner takes text without white space around it; all else goes the long way below.
    try:
        value, end = _scan_json(text, 0)
        if end != len(text):
            value = _DECODER.decode(text)
    except (ValueError, RecursionError, StopIteration):
        return _parse_padded_json(text)
    # Only an escape can make a lone surrogate, and only enough brackets too deep a nesting: no other value is walked.
    if "\\u" in text or (end > _SHORTEST_TOO_DEEP and text.count("{") + text.count("[") > MAX_DEPTH):
        return normalize_dynamic(value, text)
    return value if value.__class__ is not str else replace_surrogates(value)


def _parse_padded_json(text: str) -> Value:
    """JSON with white space around it; else the text, or null where it is nothing but white space."""
    inner = text.strip(" \t\r\n")
    if not inner:
        return None
    return text if inner == text or (value := parse_unusual_json(inner)) is inner else value


def normalize_dynamic(value: object, fallback: Value = None) -> Value:
    """A JSON or Python value as a dynamic: whole numbers beyond 64 bits become reals, lone surrogates U+FFFD.

    What no dynamic can hold (another Python type, nesting beyond MAX_DEPTH) gives `fallback`.
    """
    try:
        return _normalize(value, 0)
    except (TypeError, RecursionError):
        return fallback


def to_json_text(value: Value) -> str:
    """Compact JSON in the order of the keys; a typed member is its text in quotes, null is `null`.

    What nests too deep to be written (values put together by a query) gives an empty text.
    """
    try:
        return _json_encoder()(value)
    except RecursionError:
        return ""


def dynamic_to_text(value: Value) -> str:
    """The text that `tostring` gives for a dynamic: a string is itself, null is empty, all else is compact JSON."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    return str(value) if isinstance(value, (TypedTicks, UUID)) else to_json_text(value)


def dynamics_equal(left: Value, right: Value) -> bool:
    """Whether two dynamics are the same value: 1 equals 1.0, a bag's key order does not count, other types differ."""
    return identity_key(left) == identity_key(right)


def identity_key(value: Value) -> Hashable:
    """A hashable key that equal dynamic values share."""
    if type(value) is str or value is None:
        return value
    if type(value) is int or type(value) is float:
        return ("number", "NaN" if value != value else value)  # noqa: PLR0124 - NaN differs from itself
    if isinstance(value, list):
        return ("array", tuple(map(identity_key, value)))
    if isinstance(value, dict):
        return ("bag", frozenset((key, identity_key(member)) for key, member in value.items()))
    # With the type's name, since in Python True == 1 and a guid never equals its text in Kusto.
    return (type(value).__name__, value)


_SORT_RANKS = {"bool": 1, "long": 2, "real": 2, "decimal": 2, "datetime": 3, "timespan": 4, "guid": 5, "string": 6}


def order_key(value: Value) -> tuple[int, Any]:
    """A key that sorts members of a dynamic: by type first, then by value; arrays and bags by their text."""
    rank = _SORT_RANKS.get(_TYPE_NAMES[type(value)], 9)
    if rank == 2:
        return (rank, -math.inf if value != value else value)  # noqa: PLR0124 - NaN sorts first
    if isinstance(value, (UUID, list, dict)):
        return (rank, to_json_text(value))
    return (rank, value)


def _normalize(value: object, depth: int) -> Value:
    """As `normalize_dynamic`; raises RecursionError beyond MAX_DEPTH and TypeError for a type no dynamic can hold."""
    if type(value) is str:
        return _clean_text(value)
    if type(value) is int:
        return value if MIN_LONG <= value <= MAX_LONG else to_float(value)
    if value is None or (type(value) in _TYPE_NAMES and isinstance(value, (bool, float, UUID, Decimal, TypedTicks))):
        return value
    if depth >= MAX_DEPTH:
        raise RecursionError
    if isinstance(value, dict):
        return {
            _clean_text(str(key)): member if type(member) in _UNCHANGED_TYPES else _normalize(member, depth + 1)
            for key, member in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [member if type(member) in _UNCHANGED_TYPES else _normalize(member, depth + 1) for member in value]
    return _normalize_python_value(value)


def _clean_text(text: str) -> str:
    return text if text.isascii() else replace_surrogates(text)


def _normalize_python_value(value: object) -> Value:
    if isinstance(value, dt.date):
        ticks = datetime_from_python(value)
        return None if ticks is None else DynamicDatetime(ticks)
    if isinstance(value, dt.timedelta):
        return DynamicTimespan(timespan_from_python(value))
    raise TypeError(f"a dynamic cannot hold {type(value).__name__}")


def replace_surrogates(text: str) -> str:
    """The text with each lone surrogate replaced by U+FFFD, as Kusto does with what is not UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _reject_constant(constant: str) -> NoReturn:
    """Refuse `NaN` and `Infinity`, which Python's reader takes and JSON does not have."""
    raise ValueError(f"{constant} is not JSON")


def _parse_json_integer(digits: str) -> int | float:
    """A whole number; one beyond 64 bits is a real."""
    if len(digits) < 19:
        return int(digits)
    # Python refuses int() of more than 4300 digits, and float() takes any number of them.
    value = int(digits) if len(digits) < 30 else None
    return value if value is not None and MIN_LONG <= value <= MAX_LONG else float(digits)


_DECODER = json.JSONDecoder(parse_int=_parse_json_integer, parse_constant=_reject_constant)
# Whole numbers that fit 64 bits only without a sign have 19 digits and begin with 9, or 20 and begin with 1. Two
# patterns: one that begins with a plain character is searched for several times as fast.
_has_nineteen_digits = re.compile("9[0-9]{18}").search
_has_twenty_digits = re.compile("1[0-9]{19}").search


# Imported when the first text is read: importing it takes as long as binding a transform.
@cache
def _fast_reader() -> Callable[[str], Value]:
    import orjson

    return orjson.loads


# The decoder's own scanner, called directly: decode() builds an error message that is thrown away here.
_scan_json: Callable[[str, int], tuple[Value, int]] = make_scanner(cast("Any", _DECODER))


@cache
def _json_encoder() -> Callable[[object], str]:
    # A dynamic is a tree by construction, so the encoder need not look for circles.
    return json.JSONEncoder(
        ensure_ascii=False, separators=(",", ":"), default=_typed_member_to_text, check_circular=False
    ).encode


def _typed_member_to_text(value: object) -> str:
    return format_decimal(value) if isinstance(value, Decimal) else str(value)
