"""The edge of the room: JSON and Python values into a column's type, and inside values out again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from provisioner.kql.values.datetimes import (
    format_datetime,
    parse_datetime,
    ticks_from_python,
    ticks_to_python,
)
from provisioner.kql.values.dynamic_values import Instant, clean, to_json_text, unicode_text
from provisioner.kql.values.numbers import (
    MAX_INT,
    MAX_LONG,
    MIN_INT,
    MIN_LONG,
    decimal_range,
    decimal_text,
    parse_decimal,
    real_text,
    to_float,
)
from provisioner.kql.values.timespans import (
    format_timespan,
    parse_timespan,
    timespan_from_python,
    timespan_range,
    timespan_to_python,
)
from provisioner.kql.values.type_conversion import parse_guid

WRONG_TYPE = "how Azure coerces a value of another JSON type is documented nowhere; it is taken as null"
"""The run-time note for a value that is there and of the wrong type."""


_PLAIN = frozenset((str, int, bool, type(None)))


def coerce(value: Any, type_name: str) -> Any:
    """A JSON or Python value as an inside value of the column's type; None (an empty string) where it is of another.

    No conversion is guessed: text of digits is no number, a number is no text. Only a datetime, timespan, guid
    and decimal are read from text, because JSON has no other way to say them.
    """
    return _COERCERS[type_name](value)


def coercer(type_name: str) -> Callable[[Any], Any]:
    """`coerce` for one type, to be kept where many rows are read."""
    return _COERCERS[type_name]


def _bool(value: Any) -> bool | None:
    return value if value is True or value is False else None


def _int(value: Any) -> int | None:
    whole = _long(value)
    return whole if whole is not None and MIN_INT <= whole <= MAX_INT else None


def _long(value: Any) -> int | None:
    if type(value) is int:
        return value if MIN_LONG <= value <= MAX_LONG else None
    if type(value) is float and value.is_integer() and MIN_LONG <= value <= MAX_LONG:
        return int(value)
    return None


def _real(value: Any) -> float | None:
    if type(value) is float:
        return value
    if type(value) in (int, Decimal):
        return to_float(value)
    return (
        {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}.get(value)
        if (type(value) is str)
        else None
    )


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, Decimal):
        return decimal_range(value)
    if type(value) is int:
        return decimal_range(Decimal(value))
    if type(value) is float:
        return decimal_range(Decimal(repr(value)))
    return parse_decimal(value) if isinstance(value, str) else None


def _string(value: Any) -> str:
    if isinstance(value, str):
        return value if value.isascii() else unicode_text(value)
    return ""


def _datetime(value: Any) -> int | None:
    if isinstance(value, str):
        return parse_datetime(value)
    return ticks_from_python(value) if isinstance(value, dt.date) else None


def _timespan(value: Any) -> int | None:
    if isinstance(value, str):
        return parse_timespan(value)
    return timespan_range(timespan_from_python(value)) if isinstance(value, dt.timedelta) else None


def _guid(value: Any) -> UUID | None:
    if isinstance(value, UUID):
        return value
    return parse_guid(value) if isinstance(value, str) else None


_COERCERS: dict[str, Callable[[Any], Any]] = {
    "bool": _bool,
    "int": _int,
    "long": _long,
    "real": _real,
    "decimal": _decimal,
    "string": _string,
    "datetime": _datetime,
    "timespan": _timespan,
    "guid": _guid,
    "dynamic": clean,
}


def to_python(value: Any, type_name: str) -> Any:
    """An inside value as Python's: aware datetime and timedelta in microseconds, UUID, Decimal, JSON for dynamic."""
    if value is None:
        return None
    if type_name == "datetime":
        return ticks_to_python(value)
    if type_name == "timespan":
        return timespan_to_python(value)
    return plain_json(value) if type_name == "dynamic" else value


def to_json(value: Any, type_name: str) -> Any:
    """An inside value as JSON can say it: text with seven digits for times, for guids and decimals, and for NaN."""
    if value is None:
        return None
    if type_name == "datetime":
        return format_datetime(value)
    if type_name == "timespan":
        return format_timespan(value)
    return plain_json(value)


def plain_json(value: Any) -> Any:
    """The value with nothing but JSON inside; the value itself where it is that already."""
    kind = type(value)
    if kind is dict:
        return {key: member if type(member) in _PLAIN else plain_json(member) for key, member in value.items()}
    if kind is list:
        return [member if type(member) in _PLAIN else plain_json(member) for member in value]
    if kind is float:
        return value if value - value == 0 else real_text(value)
    if kind is Decimal:
        return decimal_text(value)
    return str(value) if isinstance(value, (Instant, UUID)) else value


__all__ = ["WRONG_TYPE", "coerce", "coercer", "plain_json", "to_json", "to_json_text", "to_python"]
