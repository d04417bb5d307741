"""From any type to any type, as Kusto's `to…` functions convert: what does not fit is null."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID, SafeUUID

from provisioner.kql.values.datetimes import format_datetime, parse_datetime, within_range
from provisioner.kql.values.dynamic_values import Duration, Instant, text_of_dynamic, unwrap_dynamic, wrap_dynamic
from provisioner.kql.values.numbers import (
    MAX_INT,
    MIN_INT,
    decimal_range,
    decimal_text,
    parse_decimal,
    parse_long,
    parse_real,
    real_text,
    saturate,
    to_float,
    truncate,
    wrap_int,
)
from provisioner.kql.values.timespans import format_timespan, parse_timespan, timespan_range

_NEW, _SET = object.__new__, object.__setattr__
_HYPHENS = frozenset((8, 12, 16, 20))


def parse_guid(text: str) -> UUID | None:
    """The guid of the first 32 hex digits, hyphens where they belong or left out; None otherwise.

    What follows the digits is ignored, as the documentation says; braces and parentheses around them are taken.
    """
    if len(text) == 36 and text[8] == text[13] == text[18] == text[23] == "-":
        digits = text.replace("-", "")
    else:
        digits = _guid_digits(text[1:] if text[:1] in "{(" else text)
    try:
        data = bytes.fromhex(digits)
    except ValueError:
        return None
    return _guid(data) if len(data) == 16 == len(digits) // 2 else None


def _guid(data: bytes) -> UUID:
    """As `UUID(bytes=data)`, whose many ways to be called cost more than all the rest of reading one."""
    guid = _NEW(UUID)
    _SET(guid, "int", int.from_bytes(data, "big"))
    _SET(guid, "is_safe", SafeUUID.unknown)
    return guid


def _guid_digits(text: str) -> str:
    digits = ""
    for character in text[:64]:
        if character == "-" and len(digits) in _HYPHENS:
            continue
        digits += character
        if len(digits) == 32:
            break
    return digits


def to_bool(value: Any, type_name: str) -> bool | None:
    """Words `true` and `false` in any case, and numbers, of which only zero is false."""
    if type_name == "bool":
        return bool(value)
    if type_name == "string":
        word = value.strip().lower()
        if word in ("true", "false"):
            return bool(word == "true")
        number = parse_long(value)
        return None if number is None else number != 0
    if type_name in ("int", "long", "real", "decimal"):
        return bool(value)
    return None


def to_long(value: Any, type_name: str) -> int | None:
    """Whole numbers; a real is truncated, a datetime or timespan gives its ticks, a text must be a whole number.

    Measured at the engine: a real beyond 64 bits is the outermost long, a text beyond them null.
    """
    if type_name in ("int", "long", "datetime", "timespan"):
        return int(value)
    if type_name == "string":
        return parse_long(value)
    if type_name == "real":
        return saturate(value)
    if type_name == "decimal":
        return truncate(value) if value.is_finite() else None
    return int(value) if type_name == "bool" else None


def to_int(value: Any, type_name: str) -> int | None:
    """As `to_long` in 32 bits: whole numbers wrap around, a real goes to the nearest int, text beyond is null."""
    if type_name == "string":
        return parse_long(value, MIN_INT, MAX_INT)
    if type_name == "real":
        return saturate(value, MIN_INT, MAX_INT)
    whole = to_long(value, type_name)
    return None if whole is None else wrap_int(whole)


def to_real(value: Any, type_name: str) -> float | None:
    """Every number; a text in decimal digits, with or without an exponent."""
    if type_name == "real":
        return float(value)
    if type_name == "string":
        return parse_real(value)
    if type_name in ("int", "long", "decimal", "bool", "datetime", "timespan"):
        return to_float(value)
    return None


def to_decimal(value: Any, type_name: str) -> Decimal | None:
    """Every number; a text in decimal digits."""
    if type_name == "string":
        return parse_decimal(value)
    if type_name == "real":
        return decimal_range(Decimal(repr(value)))
    if type_name in ("int", "long", "decimal", "bool", "datetime", "timespan"):
        return decimal_range(Decimal(value))
    return None


def to_datetime(value: Any, type_name: str) -> int | None:
    """A datetime, a text in any form Kusto reads, or a number of ticks."""
    if type_name == "datetime":
        return int(value)
    if type_name == "string":
        return parse_datetime(value)
    if type_name in ("int", "long"):
        return within_range(value)
    if type_name in ("real", "decimal"):
        ticks = to_long(value, type_name)
        return None if ticks is None else within_range(ticks)
    return None


def to_timespan(value: Any, type_name: str) -> int | None:
    """A timespan, a text in any form Kusto reads, or a number of ticks."""
    if type_name in ("timespan", "int", "long"):
        return timespan_range(int(value))
    if type_name == "string":
        return parse_timespan(value)
    return to_long(value, type_name) if type_name in ("real", "decimal") else None


def to_guid(value: Any, type_name: str) -> UUID | None:
    """A guid, or a text that starts with one."""
    if type_name == "guid":
        return value if isinstance(value, UUID) else None
    return parse_guid(value) if type_name == "string" else None


_CONVERSIONS: dict[str, Callable[[Any, str], Any]] = {
    "bool": to_bool,
    "int": to_int,
    "long": to_long,
    "real": to_real,
    "decimal": to_decimal,
    "datetime": to_datetime,
    "timespan": to_timespan,
    "guid": to_guid,
}


def convert(value: Any, source: str, target: str) -> Any:
    """An inside value of type `source` as one of type `target`; null (an empty string) where it does not fit."""
    if target == "string":
        return text_of(value, source)
    if target == "dynamic":
        return wrap_dynamic(value, source)
    if value is None:
        return None
    if source == "dynamic":
        value, source = unwrap_dynamic(value)
    return None if value is None else _CONVERSIONS[target](value, source)


_TEXTS: dict[str, Callable[[Any], str]] = {
    "bool": lambda value: "True" if value else "False",
    "int": str,
    "long": str,
    "real": real_text,
    "decimal": decimal_text,
    "string": lambda value: value,
    "datetime": format_datetime,
    "timespan": format_timespan,
    "guid": str,
    "dynamic": text_of_dynamic,
}


def text_of(value: Any, type_name: str) -> str:
    """What `tostring` makes of an inside value; null is the empty string."""
    return "" if value is None else _TEXTS[type_name](value)


def texter(type_name: str) -> Callable[[Any], str]:
    """`text_of` for one type, to be kept where many values of it are printed; not for null."""
    return _TEXTS[type_name]


__all__ = ["Duration", "Instant", "convert", "parse_guid", "text_of", "texter"]
