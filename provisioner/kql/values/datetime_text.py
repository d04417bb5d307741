"""Texts of datetimes straight to what a result holds, for columns that are read from text and only handed on.

Each function gives what parsing followed by encoding gives. The records of one stream lie close together in time and
are written alike, so that most results are put together from a second and a fraction that were asked for before.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import TypeVar

from provisioner.kql.values.datetimes import (
    DAY,
    MAX_DATETIME,
    MICROSECOND,
    SECOND,
    datetime_to_python,
    format_datetime,
    parse_datetime,
)

_Part = TypeVar("_Part")
_MAX_REMEMBERED = 20_000
"""The most entries of each of these, so that arbitrary input cannot fill the memory."""
_datetimes_by_second: dict[str, dt.datetime] = {}
_timedeltas_by_tail: dict[str, dt.timedelta] = {}
_iso_texts_by_second: dict[str, str] = {}
_iso_texts_by_tail: dict[str, str] = {}


def datetime_text_to_python(text: str) -> dt.datetime | None:
    """The aware datetime of a text, truncated to microseconds; None when it is no datetime."""
    # the widths in line, and no call for a remembered text: this runs for each record
    second, tail = _datetimes_by_second.get(text[:19]), _timedeltas_by_tail.get(text[19:])
    if second is None or tail is None:
        return _parse_to_python(text)
    return second + tail


def datetime_text_to_iso(text: str) -> str | None:
    """The text as ISO 8601 with seven digits and Z, in UTC; None when it is no datetime."""
    second, tail = _iso_texts_by_second.get(text[:19]), _iso_texts_by_tail.get(text[19:])
    if second is None or tail is None:
        return _parse_to_iso(text)
    return second + tail


def _parse_to_python(text: str) -> dt.datetime | None:
    ticks = parse_datetime(text)
    if ticks is None:
        return None
    parts = _second_and_tail(text, ticks)
    # near the first and the last day of all, a second and the zone of another text could leave the calendar
    if parts is not None and DAY <= parts[0] <= MAX_DATETIME - DAY and abs(parts[1]) < DAY:
        _remember(_datetimes_by_second, text[:19], datetime_to_python(parts[0]))
        _remember(_timedeltas_by_tail, text[19:], dt.timedelta(microseconds=parts[1] // MICROSECOND))
    return datetime_to_python(ticks)


def _parse_to_iso(text: str) -> str | None:
    ticks = parse_datetime(text)
    if ticks is None:
        return None
    formatted = format_datetime(ticks)
    parts = _second_and_tail(text, ticks)
    # a zone other than UTC changes the second: such texts are formatted each time
    if parts is not None and 0 <= parts[1] < SECOND:
        _remember(_iso_texts_by_second, text[:19], formatted[:19])
        _remember(_iso_texts_by_tail, text[19:], formatted[19:])
    return formatted


def _second_and_tail(text: str, ticks: int) -> tuple[int, int] | None:
    """The ticks of the second and of what follows it, for a text of the usual width; None for any other form."""
    if not _usual_width().fullmatch(text):
        return None
    second = parse_datetime(text[:19])
    return None if second is None else (second, ticks - second)


def _remember(parts: dict[str, _Part], text: str, part: _Part) -> None:
    if len(parts) < _MAX_REMEMBERED:
        parts[text] = part


# Compiled at first use: most commands read no datetime.
@cache
def _usual_width() -> re.Pattern[str]:
    return re.compile(
        r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:Z|[+-]\d\d:\d\d)?",
        re.ASCII,
    )
