"""Dynamic values: JSON, and the datetimes, timespans, guids and decimals that Kusto keeps typed inside it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from decimal import Decimal
from functools import cache, total_ordering
from json.scanner import make_scanner
from typing import Any, cast
from uuid import UUID

from provisioner.kql.values.datetimes import format_datetime
from provisioner.kql.values.numbers import MAX_INT, MAX_LONG, MIN_INT, MIN_LONG, decimal_text, real_text
from provisioner.kql.values.timespans import format_timespan

DEEPEST = 256
"""Nesting beyond this is not JSON to us: Python's own reader and writer would give up a little later."""


@total_ordering
class Instant:
    """A datetime inside a dynamic."""

    __slots__ = ("ticks",)
    kind = "datetime"

    def __init__(self, ticks: int) -> None:
        self.ticks = ticks

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.ticks == self.ticks

    def __lt__(self, other: Instant) -> bool:
        return self.ticks < other.ticks

    def __hash__(self) -> int:
        return hash((self.kind, self.ticks))

    def __repr__(self) -> str:
        return f"{self.kind}({self})"

    def __str__(self) -> str:
        return format_datetime(self.ticks)


class Duration(Instant):
    """A timespan inside a dynamic."""

    __slots__ = ()
    kind = "timespan"

    def __str__(self) -> str:
        return format_timespan(self.ticks)


def wrap_dynamic(value: Any, type_name: str) -> Any:
    """An inside value of any type as a member of a dynamic; an empty string stays a string."""
    if value is None:
        return None
    if type_name == "datetime":
        return Instant(value)
    return Duration(value) if type_name == "timespan" else value


def unwrap_dynamic(value: Any) -> tuple[Any, str]:
    """A member of a dynamic as inside value and type name; null is (None, "null"), arrays and bags are "dynamic"."""
    if isinstance(value, Instant):
        return value.ticks, value.kind
    kind = _KINDS.get(type(value), "dynamic")
    return value, "dynamic" if kind in ("array", "dictionary") else kind


_SIMPLE = frozenset((type(None), bool, float))
_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "bool",
    int: "long",
    float: "real",
    str: "string",
    list: "array",
    dict: "dictionary",
    UUID: "guid",
    Decimal: "decimal",
    Instant: "datetime",
    Duration: "timespan",
}


def kind_of(value: Any) -> str:
    """What `gettype` says of a dynamic value: `int` for a whole number of 32 bits, `double`, `array`, `dictionary`."""
    kind = _KINDS[type(value)]
    if kind == "long":
        return "int" if MIN_INT <= value <= MAX_INT else kind
    return "double" if kind == "real" else kind


def parse_json(text: str) -> Any:
    """The value of a JSON text; null for an empty one, and the text itself where it is no JSON."""
    try:
        value, end = _SCAN(text, 0)
        if end != len(text):
            value = _DECODER.decode(text)
    except (ValueError, RecursionError, StopIteration):
        return _parse_spaced(text)
    if "\\u" in text or (end > 2 * DEEPEST and text.count("{") + text.count("[") > DEEPEST):
        return clean(value, text)
    return value if value.__class__ is not str else unicode_text(value)


def _parse_spaced(text: str) -> Any:
    """JSON with white space around it; else the text, or null where it is nothing but space."""
    inner = text.strip(" \t\r\n")
    if not inner:
        return None
    return text if inner == text or (value := parse_json(inner)) is inner else value


def clean(value: Any, fallback: Any = None) -> Any:
    """A JSON or Python value as a dynamic: whole numbers beyond 64 bits are reals, text is Unicode, types known.

    What no dynamic can hold (an unknown Python type, nesting beyond DEEPEST) gives `fallback`.
    """
    try:
        return _clean(value, 0)
    except (TypeError, RecursionError):
        return fallback


def to_json_text(value: Any) -> str:
    """Compact JSON with the key order kept; a typed member is its text in quotes, null is `null`."""
    try:
        return _encoder()(value)
    except RecursionError:
        return ""


def text_of_dynamic(value: Any) -> str:
    """What `tostring` makes of a dynamic: a string is itself, null is empty, all else is compact JSON."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    return str(value) if isinstance(value, (Instant, UUID)) else to_json_text(value)


def equals_dynamic(left: Any, right: Any) -> bool:
    """Whether two dynamics are the same value: numbers by size, bags whatever their order, types apart."""
    return bool(identity(left) == identity(right))


def identity(value: Any) -> Any:
    """A hashable key that equal dynamic values share."""
    kind = type(value)
    if kind is str or value is None:
        return value
    if kind in (int, float):
        return ("number", "NaN" if value != value else value)  # noqa: PLR0124 - NaN differs from itself
    if kind is list:
        return ("array", tuple(map(identity, value)))
    if kind is dict:
        return ("bag", frozenset((key, identity(member)) for key, member in value.items()))
    return (kind.__name__, value)


_RANKS = {"bool": 1, "long": 2, "real": 2, "decimal": 2, "datetime": 3, "timespan": 4, "guid": 5, "string": 6}


def order_key(value: Any) -> tuple[int, Any]:
    """A key that sorts members of a dynamic: by type first, then by value; arrays and bags by their text."""
    rank = _RANKS.get(_KINDS[type(value)], 9)
    if rank == 2:
        return (rank, -math.inf if value != value else value)  # noqa: PLR0124 - NaN sorts first
    if isinstance(value, (UUID, list, dict)):
        return (rank, to_json_text(value))
    return (rank, value)


def _clean(value: Any, depth: int) -> Any:
    kind = type(value)
    if kind is str:
        return value if value.isascii() else unicode_text(value)
    if kind is int:
        return value if MIN_LONG <= value <= MAX_LONG else _as_real(value)
    if kind in _KINDS and kind not in (list, dict):
        return value
    if depth >= DEEPEST:
        raise RecursionError
    if isinstance(value, dict):
        return {
            _clean(str(key), 0): member if type(member) in _SIMPLE else _clean(member, depth + 1)
            for key, member in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [member if type(member) in _SIMPLE else _clean(member, depth + 1) for member in value]
    return _clean_python(value)


def _clean_python(value: Any) -> Any:
    import datetime as dt

    from provisioner.kql.values.datetimes import ticks_from_python
    from provisioner.kql.values.timespans import timespan_from_python

    if isinstance(value, dt.date):
        ticks = ticks_from_python(value)
        return None if ticks is None else Instant(ticks)
    if isinstance(value, dt.timedelta):
        return Duration(timespan_from_python(value))
    raise TypeError(f"a dynamic cannot hold {type(value).__name__}")


def _as_real(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def unicode_text(text: str) -> str:
    """The text with each lone surrogate replaced by U+FFFD, as Kusto does with what is not UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _whole(digits: str) -> int | float:
    """A whole number; one beyond 64 bits is a real."""
    if len(digits) < 19:
        return int(digits)
    value = int(digits) if len(digits) < 30 else None
    return value if value is not None and MIN_LONG <= value <= MAX_LONG else float(digits)


_DECODER = json.JSONDecoder(parse_int=_whole, parse_constant=_refuse)
_SCAN: Callable[[str, int], tuple[Any, int]] = make_scanner(cast("Any", _DECODER))
"""What the decoder itself scans with, without its error messages, which nobody would read."""


@cache
def _encoder() -> Callable[[Any], str]:
    return json.JSONEncoder(
        ensure_ascii=False, separators=(",", ":"), default=_member_text, check_circular=False
    ).encode


def _member_text(value: Any) -> str:
    return decimal_text(value) if isinstance(value, Decimal) else str(value)


__all__ = [
    "Duration",
    "Instant",
    "clean",
    "equals_dynamic",
    "identity",
    "kind_of",
    "order_key",
    "parse_json",
    "real_text",
    "text_of_dynamic",
    "to_json_text",
    "unicode_text",
    "unwrap_dynamic",
    "wrap_dynamic",
]
