"""Moments as ticks of 100 ns since the year 1 in UTC: reading every text form Kusto takes, and writing them."""

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
"""9999-12-31T23:59:59.9999999Z, the last moment there is; the first is 0."""
UNIX_EPOCH = 621_355_968_000_000_000

_MONTHS = tuple(
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_WEEKDAYS = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_LONGEST = 64
"""No form is longer; a longer text is not a datetime, whatever it holds."""

_SCALES = (0, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1)
_days: dict[str, int] = {}
_times: dict[str, int] = {}
_zones: dict[str, int] = {}
_seconds: dict[str, int] = {}
_tails: dict[str, int] = {}
_KEPT = 20_000
"""How many texts are remembered of each kind: a stream's records lie close together in time."""


def parse_datetime(text: str) -> int | None:
    """The ticks of a text in any form Kusto accepts; None when it is no datetime.

    ISO 8601, RFC 822, RFC 850 and sortable forms are documented; month-first dates and AM/PM come with .NET's
    invariant culture, which Kusto follows. A zone moves the moment to UTC, no zone means UTC.
    """
    second, tail = _seconds.get(text[:19]), _tails.get(text[19:])
    if second is None or tail is None:
        return _parse_parts(text)
    return second + tail if 0 <= second + tail <= MAX_DATETIME else None


def format_datetime(ticks: int) -> str:
    """ISO 8601 with seven digits and Z, as Kusto prints a datetime."""
    seconds, fraction = divmod(ticks, SECOND)
    return f"{_second_text(seconds)}.{fraction:07d}Z"


def make_ticks(year: int, month: int, day: int) -> int | None:
    """The first tick of a day; None when there is no such day."""
    try:
        return (dt.date(year, month, day).toordinal() - 1) * DAY
    except (ValueError, OverflowError):
        return None


def date_of(ticks: int) -> dt.date:
    """The calendar day of a moment."""
    return dt.date.fromordinal(ticks // DAY + 1)


def within_range(ticks: int) -> int | None:
    """The moment itself, or None where it lies before year 1 or after year 9999."""
    return ticks if 0 <= ticks <= MAX_DATETIME else None


def ticks_from_python(moment: dt.datetime | dt.date) -> int | None:
    """The ticks of a Python datetime (without a zone it is UTC) or date."""
    if not isinstance(moment, dt.datetime):
        return (moment.toordinal() - 1) * DAY
    ticks = (moment.toordinal() - 1) * DAY + moment.hour * HOUR + moment.minute * MINUTE
    ticks += moment.second * SECOND + moment.microsecond * MICROSECOND
    offset = moment.utcoffset()
    if offset is not None:
        ticks -= (offset.days * 86_400 + offset.seconds) * SECOND + offset.microseconds * MICROSECOND
    return within_range(ticks)


_YEAR_ONE = dt.datetime(1, 1, 1, tzinfo=dt.UTC)


def ticks_to_python(ticks: int) -> dt.datetime:
    """The aware datetime of a moment, truncated to microseconds."""
    seconds, rest = divmod(ticks, SECOND)
    return _moment(seconds) + _stretch(rest // MICROSECOND)


@lru_cache(maxsize=4096)
def _moment(seconds: int) -> dt.datetime:
    return _YEAR_ONE + dt.timedelta(0, seconds)


@lru_cache(maxsize=4096)
def _stretch(microseconds: int) -> dt.timedelta:
    return dt.timedelta(0, 0, microseconds)


@lru_cache(maxsize=4096)
def _second_text(seconds: int) -> str:
    day, rest = divmod(seconds, 86_400)
    return f"{dt.date.fromordinal(day + 1).isoformat()}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"


def _parse_parts(text: str) -> int | None:
    """Read a text whose day, time of day and zone are known each, and remember how it begins and ends."""
    day = _days.get(text[:10])
    time = _times.get(text[11:19])
    if day is None or time is None or text[10] not in "T ":
        return _parse_any(text)
    tail = text[19:]
    moment = day + time
    if len(_seconds) < _KEPT:
        _seconds[text[:19]] = moment
    if tail[-1:] == "Z":
        tail = tail[:-1]
    elif tail[-6:] in _zones:
        moment -= _zones[tail[-6:]]
        tail = tail[:-6]
    if tail:
        fraction = tail[1:]
        if tail[0] != "." or len(fraction) > 7 or not fraction.isdecimal():
            return _parse_any(text)
        moment += int(fraction) * _SCALES[len(fraction)]
    if len(_tails) < _KEPT:
        _tails[text[19:]] = moment - day - time
    return within_range(moment)


def _parse_any(text: str) -> int | None:
    if len(text) > _LONGEST:
        return None
    match = _iso().match(text)
    if match is None:
        return _parse_named(text)
    year, month, day, *clock = match.groups()
    ticks = _assemble(int(year), int(month), int(day), clock)
    if ticks is not None and match.end("day") == 10 == match.start("year") + 10 and len(_days) < _KEPT:
        _learn(text, clock[-1] or "")
    return ticks


def _learn(text: str, zone: str) -> None:
    """Remember the day and the time of a well-formed text, so that the next one like it needs no pattern."""
    if len(zone) == 6:
        _zones[zone] = _zone_ticks(zone)
    date = make_ticks(int(text[:4]), int(text[5:7]), int(text[8:10]))
    if date is not None and text[4] == "-" == text[7]:
        _days[text[:10]] = date
        if text[13:14] == ":" == text[16:17] and (text[11:13] + text[14:16] + text[17:19]).isdigit() and len(text) > 18:
            _times[text[11:19]] = int(text[11:13]) * HOUR + int(text[14:16]) * MINUTE + int(text[17:19]) * SECOND


def _parse_named(text: str) -> int | None:
    match = _month_first().match(text)
    if match is not None:
        month, day, year, *clock = match.groups()
        return _assemble(_century(year), int(month), int(day), clock)
    match = _worded().match(text)
    if match is None:
        digits = text.strip()
        whole = len(digits) == 8 and digits.isdecimal()
        return make_ticks(int(digits[:4]), int(digits[4:6]), int(digits[6:])) if whole else None
    before, name, after, year, *clock = match.groups()
    if (before is None) == (after is None):
        return None
    return _assemble(_century(year), _month_number(name), int(before or after), clock)


def _assemble(year: int, month: int, day: int, clock: list[str | None]) -> int | None:
    hour, minute, second, fraction, half, zone = clock
    date = make_ticks(year, month, day)
    time = _clock_ticks(int(hour or 0), int(minute or 0), int(second or 0), half)
    if date is None or time is None:
        return None
    return within_range(date + time + int((fraction or "")[:7].ljust(7, "0")) - _zone_ticks(zone))


def _clock_ticks(hour: int, minute: int, second: int, half: str | None) -> int | None:
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
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


def _century(year: str) -> int:
    if len(year) > 2:
        return int(year)
    return int(year) + (2000 if int(year) < 50 else 1900)


def _month_number(name: str) -> int:
    """1 to 12, or 0 for a word that names no month."""
    word = name.lower()
    whole = next((month for month in _MONTHS if word in (month, month[:3])), None)
    return _MONTHS.index(whole) + 1 if whole else 9 * (word == "sept")


_CLOCK = (
    r"(?:(?:\s*[T,]\s*|\s+)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,12}))?)?\s*([AP]M)?"
    r"\s*(Z|GMT|UTC|[+-]\d{1,2}(?::?\d{2})?)?)?\s*\Z"
)


@cache
def _iso() -> re.Pattern[str]:
    date = r"\s*(?P<year>\d{4})(?:[-/.]|,\s*)(?P<month>\d{1,2})(?:[-/.]|,\s*)(?P<day>\d{1,2})"
    return re.compile(date + _CLOCK, re.ASCII | re.IGNORECASE)


@cache
def _month_first() -> re.Pattern[str]:
    return re.compile(r"\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})" + _CLOCK, re.ASCII | re.IGNORECASE)


@cache
def _worded() -> re.Pattern[str]:
    day_month = r"(?:(\d{1,2})[-\s]+)?([a-z]{3,9})\.?[-\s]+(?:(\d{1,2}),?[-\s]+)?(\d{4}|\d{2})"
    return re.compile(rf"\s*(?:{_WEEKDAYS},?\s+)?" + day_month + _CLOCK, re.ASCII | re.IGNORECASE)
