"""Datetimes, timespans and sizes as text in a chosen format."""

from __future__ import annotations

import re
from functools import lru_cache

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import DAY, HOUR, MINUTE, SECOND, Number, to_float
from provisioner.kql.values.datetimes import ticks_to_date

_SIZE_UNITS = ("Bytes", "KB", "MB", "GB", "TB", "PB")


# Remembered, and split when the query is bound where the format is constant: the same format serves every row.
@lru_cache(maxsize=256)
def _split_format(format_text: str) -> tuple[str, ...]:
    """The pieces of a format: runs of one letter, and the delimiters between them."""
    return tuple(match.group() for match in re.finditer(r"([a-zA-Z])\1*|[^a-zA-Z]+", format_text))


@scalar_function("format_datetime(date: datetime, form: literal string) -> string", prepare={1: _split_format})
def format_datetime(date: int, pieces: tuple[str, ...]) -> str:
    """The datetime in a format of `yyyy MM dd HH hh mm ss f F tt` and delimiters."""
    day, hour = ticks_to_date(date), date // HOUR % 24
    numbers = {
        "d": day.day,
        "M": day.month,
        "H": hour,
        "h": (hour + 11) % 12 + 1,  # 12, 1, 2 … 11
        "m": date // MINUTE % 60,
        "s": date // SECOND % 60,
    }
    return "".join(_format_datetime_piece(piece, day.year, hour, numbers, date % SECOND) for piece in pieces)


def _format_datetime_piece(piece: str, year: int, hour: int, numbers: dict[str, int], fraction: int) -> str:
    letter = piece[0]
    if letter in numbers:
        return str(numbers[letter]).zfill(min(len(piece), 2))
    if letter == "y":
        return str(year).zfill(len(piece)) if len(piece) > 2 else str(year % 100).zfill(len(piece))
    if letter in "fF":
        return _format_fraction(piece, fraction)
    # `t` alone is `A` or `P`; a letter without a meaning stays as it is, like a delimiter.
    return ("AM" if hour < 12 else "PM")[: len(piece)] if letter == "t" else piece


def _format_fraction(piece: str, ticks: int) -> str:
    digits = f"{ticks:07d}"[: len(piece)]
    return digits.rstrip("0") if piece[0] == "F" else digits


@scalar_function("format_timespan(stretch: timespan, form: literal string) -> string", prepare={1: _split_format})
def format_timespan(timespan: int, pieces: tuple[str, ...]) -> str:
    """The timespan in a format of `d HH mm ss f F` and delimiters, without its sign."""
    ticks = abs(timespan)
    hour = ticks // HOUR % 24
    numbers = {"d": ticks // DAY, "H": hour, "h": hour, "m": ticks // MINUTE % 60, "s": ticks // SECOND % 60}
    return "".join(_format_timespan_piece(piece, numbers, ticks % SECOND) for piece in pieces)


def _format_timespan_piece(piece: str, numbers: dict[str, int], fraction: int) -> str:
    if piece[0] in numbers:
        return str(numbers[piece[0]]).zfill(len(piece))
    return _format_fraction(piece, fraction) if piece[0] in "fF" else piece


@scalar_function("format_bytes(size: number, precision: literal long?, unit: literal string?) -> string")
def format_bytes(size: Number, precision: int = 0, unit: str = "") -> str:
    """The size in the named unit, or in the largest of which it has at least one, rounded to `precision` digits."""
    number = to_float(size)
    power = next((index for index, name in enumerate(_SIZE_UNITS) if name.lower() == unit.lower()), None)
    if power is None:
        power = 0
        while power < len(_SIZE_UNITS) - 1 and abs(number) >= 1024 ** (power + 1):
            power += 1
    digits = max(0, min(precision, 15))  # a real has no more than 15 certain digits
    text = f"{number / 1024**power:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {_SIZE_UNITS[power]}"
