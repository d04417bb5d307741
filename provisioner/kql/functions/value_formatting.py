"""Datetimes, timespans and sizes as text of a chosen form."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from provisioner.kql.functions.function_registry import function
from provisioner.kql.values import DAY, HOUR, MINUTE, SECOND, to_float
from provisioner.kql.values.datetimes import date_of

_UNITS = ("Bytes", "KB", "MB", "GB", "TB", "PB")


@lru_cache(maxsize=256)
def _pieces(form: str) -> tuple[str, ...]:
    """The runs of one letter in a form, and what stands between them."""
    return tuple(match.group() for match in re.finditer(r"([a-zA-Z])\1*|[^a-zA-Z]+", form))


@function("format_datetime(date: datetime, form: literal string) -> string", prepare={1: _pieces})
def format_datetime(date: int, form: tuple[str, ...]) -> str:
    """The datetime in a form of `yyyy MM dd HH hh mm ss f F tt` and delimiters."""
    day, hour = date_of(date), date // HOUR % 24
    numbers = {
        "d": day.day,
        "M": day.month,
        "H": hour,
        "h": (hour + 11) % 12 + 1,
        "m": date // MINUTE % 60,
        "s": date // SECOND % 60,
    }
    return "".join(_datetime_piece(piece, day.year, hour, numbers, date % SECOND) for piece in form)


def _datetime_piece(piece: str, year: int, hour: int, numbers: dict[str, int], fraction: int) -> str:
    letter = piece[0]
    if letter in numbers:
        return str(numbers[letter]).zfill(min(len(piece), 2))
    if letter == "y":
        return str(year).zfill(len(piece)) if len(piece) > 2 else str(year % 100).zfill(len(piece))
    if letter in "fF":
        return _fraction(piece, fraction)
    return ("AM" if hour < 12 else "PM")[: len(piece)] if letter == "t" else piece


def _fraction(piece: str, ticks: int) -> str:
    digits = f"{ticks:07d}"[: len(piece)]
    return digits.rstrip("0") if piece[0] == "F" else digits


@function("format_timespan(stretch: timespan, form: literal string) -> string", prepare={1: _pieces})
def format_timespan(stretch: int, form: tuple[str, ...]) -> str:
    """The timespan in a form of `d HH mm ss f F` and delimiters; a negative one shows as a positive."""
    ticks = abs(stretch)
    hour = ticks // HOUR % 24
    numbers = {"d": ticks // DAY, "H": hour, "h": hour, "m": ticks // MINUTE % 60, "s": ticks // SECOND % 60}
    return "".join(_timespan_piece(piece, numbers, ticks % SECOND) for piece in form)


def _timespan_piece(piece: str, numbers: dict[str, int], fraction: int) -> str:
    if piece[0] in numbers:
        return str(numbers[piece[0]]).zfill(len(piece))
    return _fraction(piece, fraction) if piece[0] in "fF" else piece


@function("format_bytes(size: number, precision: literal long?, unit: literal string?) -> string")
def format_bytes(size: Any, precision: int = 0, unit: str = "") -> str:
    """The size in the unit named, or in the largest of which there is one, rounded to so many digits."""
    number = to_float(size)
    power = next((index for index, name in enumerate(_UNITS) if name.lower() == unit.lower()), None)
    if power is None:
        power = 0
        while power < len(_UNITS) - 1 and abs(number) >= 1024 ** (power + 1):
            power += 1
    digits = max(0, min(precision, 15))
    text = f"{number / 1024**power:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {_UNITS[power]}"
