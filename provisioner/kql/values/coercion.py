"""JSON and Python values into the run-time value of a column's type, and run-time values out again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from provisioner.kql.values.datetimes import (
    datetime_from_python,
    datetime_to_python,
    format_datetime,
    parse_datetime,
)
from provisioner.kql.values.dynamic_values import TypedTicks, Value, normalize_dynamic, replace_surrogates
from provisioner.kql.values.numbers import (
    MAX_INT,
    MAX_LONG,
    MIN_INT,
    MIN_LONG,
    decimal_in_range,
    format_decimal,
    format_real,
    parse_decimal,
    to_float,
)
from provisioner.kql.values.timespans import (
    format_timespan,
    parse_timespan,
    timespan_from_python,
    timespan_in_range,
    timespan_to_python,
)
from provisioner.kql.values.type_conversion import parse_guid

_JSON_SCALARS = frozenset((str, int, bool, type(None)))


def coerce(value: object, type_name: str) -> Value:
    """A JSON or Python value as the run-time value of a type; null (an empty string) where it is of another type.

    Nothing is converted here: text of digits is no number, a number is no text; what ingestion makes of a value of
    another kind is in `json_coercion`. Only a datetime, timespan, guid and decimal are read from text, because JSON has
    no other way to say them.
    """
    return _COERCERS[type_name](value)


def coercer_for(type_name: str) -> Callable[[object], Value]:
    """`coerce` for one type, so that a reader of many rows looks it up once."""
    return _COERCERS[type_name]


def _coerce_bool(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _coerce_int(value: object) -> int | None:
    number = _coerce_long(value)
    return number if number is not None and MIN_INT <= number <= MAX_INT else None


def _coerce_long(value: object) -> int | None:
    # The exact type, not isinstance: Python's bool is an int, JSON's true is no number.
    if type(value) is int:
        return value if MIN_LONG <= value <= MAX_LONG else None
    if type(value) is float and value.is_integer() and MIN_LONG <= value <= MAX_LONG:
        return int(value)
    return None


def _coerce_real(value: object) -> float | None:
    if type(value) is float:
        return value
    if type(value) is int or type(value) is Decimal:
        return to_float(value)
    # JSON has no number for these three: text is how ingestion sends them and how `to_plain_json` writes them.
    return (
        {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}.get(value)
        if (type(value) is str)
        else None
    )


def _coerce_decimal(value: object) -> Decimal | None:
    if isinstance(value, Decimal):
        return decimal_in_range(value)
    if type(value) is int:
        return decimal_in_range(Decimal(value))
    # The digits a reader sees: Decimal(0.1) would have all 55 digits of the binary fraction.
    if type(value) is float:
        return decimal_in_range(Decimal(repr(value)))
    return parse_decimal(value) if isinstance(value, str) else None


def _coerce_string(value: object) -> str:
    if isinstance(value, str):
        return value if value.isascii() else replace_surrogates(value)
    return ""


def _coerce_datetime(value: object) -> int | None:
    if isinstance(value, str):
        return parse_datetime(value)
    return datetime_from_python(value) if isinstance(value, dt.date) else None


def _coerce_timespan(value: object) -> int | None:
    if isinstance(value, str):
        return parse_timespan(value)
    return timespan_in_range(timespan_from_python(value)) if isinstance(value, dt.timedelta) else None


def _coerce_guid(value: object) -> UUID | None:
    if isinstance(value, UUID):
        return value
    return parse_guid(value) if isinstance(value, str) else None


_COERCERS: dict[str, Callable[[object], Value]] = {
    "bool": _coerce_bool,
    "int": _coerce_int,
    "long": _coerce_long,
    "real": _coerce_real,
    "decimal": _coerce_decimal,
    "string": _coerce_string,
    "datetime": _coerce_datetime,
    "timespan": _coerce_timespan,
    "guid": _coerce_guid,
    "dynamic": normalize_dynamic,
}


def to_python(value: Any, type_name: str) -> Any:
    """A run-time value as Python's: aware datetime and timedelta in microseconds, UUID, Decimal, JSON for dynamic."""
    if value is None:
        return None
    if type_name == "datetime":
        return datetime_to_python(value)
    if type_name == "timespan":
        return timespan_to_python(value)
    return to_plain_json(value) if type_name == "dynamic" else value


def to_json(value: Any, type_name: str) -> Any:
    """A run-time value as JSON: text for times (seven digits), for guids and decimals, and for NaN and infinities."""
    if value is None:
        return None
    if type_name == "datetime":
        return format_datetime(value)
    if type_name == "timespan":
        return format_timespan(value)
    return to_plain_json(value)


def to_plain_json(value: Value) -> Value:
    """The value with nothing but JSON inside: typed members, NaN and the infinities become text."""
    # Members are looked at before the call: most are plain, and a call a member is what exporting a row costs.
    if isinstance(value, dict):
        return {
            key: member if type(member) in _JSON_SCALARS else to_plain_json(member) for key, member in value.items()
        }
    if isinstance(value, list):
        return [member if type(member) in _JSON_SCALARS else to_plain_json(member) for member in value]
    if isinstance(value, float):
        return value if value - value == 0 else format_real(value)  # inf - inf and nan - nan are NaN
    if isinstance(value, Decimal):
        return format_decimal(value)
    return str(value) if isinstance(value, (TypedTicks, UUID)) else value
