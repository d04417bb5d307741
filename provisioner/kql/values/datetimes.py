"""Datetimes as ticks of 100 ns since the year 1 in UTC: parsing every text form Kusto takes, and formatting."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache, lru_cache

TICK = 1
MICROSECOND = 10
MILLISECOND = 10_000
SECOND = 10_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MAX_DATETIME = 3_155_378_975_999_999_999
"""9999-12-31T23:59:59.9999999Z, the last datetime Kusto has; the first is 0, the start of the year 1."""
UNIX_EPOCH = 621_355_968_000_000_000

_MONTHS = tuple(
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_WEEKDAYS = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_MAX_TEXT_LENGTH = 64
"""No documented form is longer; the limit keeps the patterns from running over long texts."""

_FRACTION_SCALES = (0, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1)
# Ticks of the parts of texts parsed before. The records of one stream lie close together in time and are written
# alike, so that most of their datetimes are a sum of remembered parts; matching a pattern costs several times as much.
_ticks_by_date: dict[str, int] = {}
_ticks_by_time: dict[str, int] = {}
_ticks_by_zone: dict[str, int] = {}
_ticks_by_second: dict[str, int] = {}
_ticks_by_tail: dict[str, int] = {}
_MAX_REMEMBERED = 20_000
"""The most entries of each of these, so that arbitrary input cannot fill the memory."""


def parse_datetime(text: str) -> int | None:
    """The ticks of a text in any form Kusto accepts; None when it is no datetime.

    ISO 8601, RFC 822, RFC 850 and sortable forms are documented; month-first dates and AM/PM come with .NET's
    invariant culture, which Kusto follows. Text with a zone is converted to UTC, text without is in UTC.
    """
    second, tail = _ticks_by_second.get(text[:19]), _ticks_by_tail.get(text[19:])
    if second is None or tail is None:
        return _parse_remembered_parts(text)
    return second + tail if 0 <= second + tail <= MAX_DATETIME else None


def add_timespan(ticks: int, timespan: int) -> int | None:
    """A datetime moved by a timespan; None outside the years 1 to 9999."""
    return datetime_in_range(ticks + timespan)


def format_datetime(ticks: int) -> str:
    """ISO 8601 with seven digits and Z, as Kusto prints a datetime."""
    seconds, fraction = divmod(ticks, SECOND)
    return f"{_format_second(seconds)}.{fraction:07d}Z"


def date_to_ticks(year: int, month: int, day: int) -> int | None:
    """The first tick of a day; None when the calendar has no such day."""
    try:
        return (dt.date(year, month, day).toordinal() - 1) * DAY
    except (ValueError, OverflowError):
        return None


def ticks_to_date(ticks: int) -> dt.date:
    """The calendar day of a datetime."""
    return dt.date.fromordinal(ticks // DAY + 1)


def datetime_in_range(ticks: int) -> int | None:
    """The ticks themselves, or None where they lie before the year 1 or after the year 9999."""
    return ticks if 0 <= ticks <= MAX_DATETIME else None


def datetime_from_python(value: dt.datetime | dt.date) -> int | None:
    """The ticks of a Python datetime (in UTC where it has no zone) or date; None outside the years 1 to 9999 in UTC."""
    # Field by field, since subtracting an aware epoch raises OverflowError near the first and last day of all.
    if not isinstance(value, dt.datetime):
        return (value.toordinal() - 1) * DAY
    ticks = (value.toordinal() - 1) * DAY + value.hour * HOUR + value.minute * MINUTE
    ticks += value.second * SECOND + value.microsecond * MICROSECOND
    offset = value.utcoffset()
    if offset is not None:
        ticks -= (offset.days * 86_400 + offset.seconds) * SECOND + offset.microseconds * MICROSECOND
    return datetime_in_range(ticks)


_YEAR_ONE = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
_datetimes_by_second: dict[int, dt.datetime] = {}
_fractions_by_microseconds: dict[int, dt.timedelta] = {}


def datetime_to_python(ticks: int) -> dt.datetime:
    """The aware datetime of some ticks, truncated to microseconds."""
    # the numbers in line and two dicts: a stream asks for the same seconds and fractions again and again, and each call
    # of a helper would cost as much as the rest
    seconds, microseconds = ticks // 10_000_000, ticks // 10 % 1_000_000
    second = _datetimes_by_second.get(seconds)
    if second is None:
        second = _YEAR_ONE + dt.timedelta(0, seconds)
        if len(_datetimes_by_second) < _MAX_REMEMBERED:
            _datetimes_by_second[seconds] = second
    fraction = _fractions_by_microseconds.get(microseconds)
    if fraction is None:
        fraction = dt.timedelta(0, 0, microseconds)
        if len(_fractions_by_microseconds) < _MAX_REMEMBERED:
            _fractions_by_microseconds[microseconds] = fraction
    return second + fraction


@lru_cache(maxsize=4096)
def _format_second(seconds: int) -> str:
    day, second = divmod(seconds, 86_400)
    return f"{dt.date.fromordinal(day + 1).isoformat()}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def _parse_remembered_parts(text: str) -> int | None:
    """The ticks of a text whose date, time of day and zone were parsed before; remembers its second and its tail."""
    date = _ticks_by_date.get(text[:10])
    time = _ticks_by_time.get(text[11:19])
    if date is None or time is None or text[10] not in "T ":
        return _parse_iso(text)
    tail = text[19:]
    ticks = date + time
    if len(_ticks_by_second) < _MAX_REMEMBERED:
        _ticks_by_second[text[:19]] = ticks
    if tail[-1:] == "Z":
        tail = tail[:-1]
    elif tail[-6:] in _ticks_by_zone:
        ticks -= _ticks_by_zone[tail[-6:]]
        tail = tail[:-6]
    if tail:
        fraction = tail[1:]
        if tail[0] != "." or len(fraction) > 7 or not fraction.isdecimal():
            return _parse_iso(text)
        ticks += int(fraction) * _FRACTION_SCALES[len(fraction)]
    if len(_ticks_by_tail) < _MAX_REMEMBERED:
        _ticks_by_tail[text[19:]] = ticks - date - time
    return datetime_in_range(ticks)


def _parse_iso(text: str) -> int | None:
    """The ticks of a year-first text, or of any other form; None when it is no datetime."""
    if len(text) > _MAX_TEXT_LENGTH:
        return None
    match = _iso_pattern().match(text)
    if match is None:
        return _parse_other_forms(text)
    year, month, day, *clock = match.groups()
    ticks = _ticks_from_fields(int(year), int(month), int(day), clock)
    if (
        ticks is not None
        and match.end("day") == 10 == match.start("year") + 10
        and len(_ticks_by_date) < _MAX_REMEMBERED
    ):
        _remember_parts(text, clock[-1] or "")
    return ticks


def _remember_parts(text: str, zone: str) -> None:
    """Remember the date, the time of day and the zone of a text of the usual width, for `_parse_remembered_parts`."""
    if len(zone) == 6:
        _ticks_by_zone[zone] = _zone_ticks(zone)
    date = date_to_ticks(int(text[:4]), int(text[5:7]), int(text[8:10]))
    if date is not None and text[4] == "-" == text[7]:
        _ticks_by_date[text[:10]] = date
        if text[13:14] == ":" == text[16:17] and (text[11:13] + text[14:16] + text[17:19]).isdigit() and len(text) > 18:
            _ticks_by_time[text[11:19]] = (
                int(text[11:13]) * HOUR + int(text[14:16]) * MINUTE + int(text[17:19]) * SECOND
            )


def _parse_other_forms(text: str) -> int | None:
    """The ticks of a month-first date, a date with the month's name, or eight digits."""
    match = _month_first_pattern().match(text)
    if match is not None:
        month, day, year, *clock = match.groups()
        return _ticks_from_fields(_full_year(year), int(month), int(day), clock)
    match = _month_name_pattern().match(text)
    if match is None:
        digits = text.strip()
        is_compact_date = len(digits) == 8 and digits.isdecimal()
        return date_to_ticks(int(digits[:4]), int(digits[4:6]), int(digits[6:])) if is_compact_date else None
    day_before, month_name, day_after, year, *clock = match.groups()
    if (day_before is None) == (day_after is None):
        return None
    return _ticks_from_fields(_full_year(year), _month_number(month_name), int(day_before or day_after), clock)


def _ticks_from_fields(year: int, month: int, day: int, clock: list[str | None]) -> int | None:
    hour, minute, second, fraction, meridiem, zone = clock
    date = date_to_ticks(year, month, day)
    time = _clock_ticks(int(hour or 0), int(minute or 0), int(second or 0), meridiem)
    if date is None or time is None:
        return None
    # Digits beyond the seventh are cut, as a tick is the least Kusto holds.
    return datetime_in_range(date + time + int((fraction or "")[:7].ljust(7, "0")) - _zone_ticks(zone))


def _clock_ticks(hour: int, minute: int, second: int, meridiem: str | None) -> int | None:
    if meridiem:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if meridiem[0] in "pP" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return hour * HOUR + minute * MINUTE + second * SECOND


def _zone_ticks(zone: str | None) -> int:
    if not zone or zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    ticks = hours * HOUR + minutes * MINUTE
    return -ticks if zone[0] == "-" else ticks


def _full_year(year: str) -> int:
    if len(year) > 2:
        return int(year)

    return int(year) + (2000 if int(year) < 50 else 1900)


def _month_number(name: str) -> int:
    """1 to 12 for a month's English name, in full or its first three letters, or `sept`; 0 for anything else."""
    lowered = name.lower()
    month = next((month for month in _MONTHS if lowered in (month, month[:3])), None)
    return _MONTHS.index(month) + 1 if month else 9 * (lowered == "sept")


_CLOCK = (
    r"(?:(?:\s*[T,]\s*|\s+)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,12}))?)?\s*([AP]M)?"
    r"\s*(Z|GMT|UTC|[+-]\d{1,2}(?::?\d{2})?)?)?\s*\Z"
)


# Compiled at first use: most commands parse no datetime, and the three patterns take milliseconds to compile.
@cache
def _iso_pattern() -> re.Pattern[str]:
    date = r"\s*(?P<year>\d{4})(?:[-/.]|,\s*)(?P<month>\d{1,2})(?:[-/.]|,\s*)(?P<day>\d{1,2})"
    return re.compile(date + _CLOCK, re.ASCII | re.IGNORECASE)


@cache
def _month_first_pattern() -> re.Pattern[str]:
    return re.compile(r"\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})" + _CLOCK, re.ASCII | re.IGNORECASE)


@cache
def _month_name_pattern() -> re.Pattern[str]:
    day_month = r"(?:(\d{1,2})[-\s]+)?([a-z]{3,9})\.?[-\s]+(?:(\d{1,2}),?[-\s]+)?(\d{4}|\d{2})"
    return re.compile(rf"\s*(?:{_WEEKDAYS},?\s+)?" + day_month + _CLOCK, re.ASCII | re.IGNORECASE)
