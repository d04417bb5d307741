"""Conversion of run-time values from any type to any type, as Kusto's `to…` functions do: what does not fit is null."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID, SafeUUID

from provisioner.kql.values.datetimes import datetime_in_range, format_datetime, parse_datetime
from provisioner.kql.values.dynamic_values import Value, dynamic_to_text, unwrap_dynamic, wrap_dynamic
from provisioner.kql.values.numbers import (
    MAX_INT,
    MIN_INT,
    decimal_in_range,
    format_decimal,
    format_real,
    parse_decimal,
    parse_long,
    parse_real,
    saturate_to_whole,
    to_float,
    truncate_to_whole,
    wrap_int,
)
from provisioner.kql.values.timespans import format_timespan, parse_timespan, timespan_in_range

_NEW_OBJECT = object.__new__
_SET_INT, _SET_SAFETY = vars(UUID)["int"].__set__, vars(UUID)["is_safe"].__set__
# a member of an enumeration is looked up by a call each time it is named
_SAFETY_UNKNOWN = SafeUUID.unknown
_DIGITS_BEFORE_HYPHENS = frozenset((8, 12, 16, 20))


def parse_guid(text: str) -> UUID | None:
    """The guid of the first 32 hex digits, with hyphens in their usual positions or without; None otherwise.

    What follows the digits is ignored, as Kusto documents; braces and parentheses around them are accepted.
    """
    # The usual spelling first: a table of logs has many guids, and looking at each character is several times slower.
    if len(text) == 36 and text[8] == text[13] == text[18] == text[23] == "-":
        digits = text.replace("-", "")
    else:
        digits = _leading_hex_digits(text[1:] if text[:1] in "{(" else text)
    try:
        data = bytes.fromhex(digits)
    except ValueError:
        return None
    if len(data) != 16 or len(digits) != 32:
        return None
    # UUID.__init__ checks its six alternative arguments, which costs more than everything else in parsing a guid.
    guid = _NEW_OBJECT(UUID)
    _SET_INT(guid, int.from_bytes(data, "big"))
    _SET_SAFETY(guid, _SAFETY_UNKNOWN)
    return guid


def _leading_hex_digits(text: str) -> str:
    """The first 32 characters, hyphens in their usual positions skipped; `bytes.fromhex` refuses what is no digit."""
    digits = ""
    for character in text[:64]:
        if character == "-" and len(digits) in _DIGITS_BEFORE_HYPHENS:
            continue
        digits += character
        if len(digits) == 32:
            break
    return digits


def to_bool(value: Any, type_name: str) -> bool | None:
    """Text `true` or `false` in any case, or a number (also as text), of which only zero is false; else null."""
    if type_name == "bool":
        return bool(value)
    if type_name == "string":
        text = value.strip().lower()
        if text in ("true", "false"):
            return bool(text == "true")
        number = parse_long(value)
        return None if number is None else number != 0
    if type_name in ("int", "long", "real", "decimal"):
        return bool(value)
    return None


def to_long(value: Any, type_name: str) -> int | None:
    """A whole number of 64 bits: a real is truncated, a time gives its ticks, text must be a whole number.

    Measured at the engine: a real beyond 64 bits gives the nearest long, text beyond 64 bits gives null.
    """
    if type_name in ("int", "long", "datetime", "timespan"):
        return int(value)
    if type_name == "string":
        return parse_long(value)
    if type_name == "real":
        return saturate_to_whole(value)
    if type_name == "decimal":
        return truncate_to_whole(value) if value.is_finite() else None
    return int(value) if type_name == "bool" else None


def to_int(value: Any, type_name: str) -> int | None:
    """As `to_long` in 32 bits: a long wraps around, a real gives the nearest int, text beyond 32 bits gives null."""
    if type_name == "string":
        return parse_long(value, MIN_INT, MAX_INT)
    if type_name == "real":
        return saturate_to_whole(value, MIN_INT, MAX_INT)
    number = to_long(value, type_name)
    return None if number is None else wrap_int(number)


def to_real(value: Any, type_name: str) -> float | None:
    """Any number as a real; text must be decimal digits, with or without an exponent."""
    if type_name == "real":
        return float(value)
    if type_name == "string":
        return parse_real(value)
    if type_name in ("int", "long", "decimal", "bool", "datetime", "timespan"):
        return to_float(value)
    return None


def to_decimal(value: Any, type_name: str) -> Decimal | None:
    """Any number as a decimal; text must be decimal digits."""
    if type_name == "string":
        return parse_decimal(value)
    if type_name == "real":
        return decimal_in_range(Decimal(repr(value)))  # the shortest digits, not the exact binary fraction
    if type_name in ("int", "long", "decimal", "bool", "datetime", "timespan"):
        return decimal_in_range(Decimal(value))
    return None


def to_datetime(value: Any, type_name: str) -> int | None:
    """A datetime, text in any form Kusto reads, or a number of ticks since the year 1."""
    if type_name == "datetime":
        return int(value)
    if type_name == "string":
        return parse_datetime(value)
    if type_name in ("int", "long"):
        return datetime_in_range(value)
    if type_name in ("real", "decimal"):
        ticks = to_long(value, type_name)
        return None if ticks is None else datetime_in_range(ticks)
    return None


def to_timespan(value: Any, type_name: str) -> int | None:
    """A timespan, text in any form Kusto reads, or a number of ticks."""
    if type_name in ("timespan", "int", "long"):
        return timespan_in_range(int(value))
    if type_name == "string":
        return parse_timespan(value)
    return to_long(value, type_name) if type_name in ("real", "decimal") else None


def to_guid(value: Any, type_name: str) -> UUID | None:
    """A guid, or text that starts with one."""
    if type_name == "guid":
        return value if isinstance(value, UUID) else None
    return parse_guid(value) if type_name == "string" else None


_CONVERSIONS: dict[str, Callable[[Any, str], Value]] = {
    "bool": to_bool,
    "int": to_int,
    "long": to_long,
    "real": to_real,
    "decimal": to_decimal,
    "datetime": to_datetime,
    "timespan": to_timespan,
    "guid": to_guid,
}


def convert(value: Value, source: str, target: str) -> Value:
    """A run-time value of type `source` as one of type `target`; null (an empty string) where it does not fit."""
    if target == "string":
        return to_text(value, source)
    if target == "dynamic":
        return wrap_dynamic(value, source)
    if value is None:
        return None
    if source == "dynamic":
        value, source = unwrap_dynamic(value)
    return None if value is None else _CONVERSIONS[target](value, source)


_TEXT_FORMATTERS: dict[str, Callable[[Any], str]] = {
    "bool": lambda value: "True" if value else "False",
    "int": str,
    "long": str,
    "real": format_real,
    "decimal": format_decimal,
    "string": lambda value: value,
    "datetime": format_datetime,
    "timespan": format_timespan,
    "guid": str,
    "dynamic": dynamic_to_text,
}


def to_text(value: Value, type_name: str) -> str:
    """The text that `tostring` gives for a run-time value; null gives the empty string."""
    return "" if value is None else _TEXT_FORMATTERS[type_name](value)


def text_formatter_for(type_name: str) -> Callable[[Any], str]:
    """`to_text` for one type, so that a writer of many values looks it up once; it does not take null."""
    return _TEXT_FORMATTERS[type_name]
