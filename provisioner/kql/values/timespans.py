"""Timespans as ticks of 100 ns: parsing the spellings Kusto takes, and formatting the one it prints."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

from provisioner.kql.values.datetimes import DAY, HOUR, MICROSECOND, MILLISECOND, MINUTE, SECOND, TICK

MAX_TIMESPAN = 2**63 - 1
MIN_TIMESPAN = -(2**63)

_UNIT_NAMES = {
    DAY: "d day days",
    HOUR: "h hr hrs hour hours",
    MINUTE: "m min minute minutes",
    SECOND: "s sec second seconds",
    MILLISECOND: "ms milli millis millisec millisecond milliseconds",
    MICROSECOND: "micro micros microsec microsecond microseconds",
    TICK: "tick ticks",
}
TICKS_PER_UNIT: dict[str, int] = {name: ticks for ticks, names in _UNIT_NAMES.items() for name in names.split()}
"""The ticks of every unit a literal such as `10microseconds` may have; a nanosecond is less than a tick."""
NANOSECOND_UNITS = frozenset(("nano", "nanos", "nanosec", "nanosecond", "nanoseconds"))


def parse_timespan(text: str) -> int | None:
    """The ticks of `[-][d.]hh:mm[:ss[.fffffff]]`, of a number of days, or of a number with a unit; None otherwise."""
    # No form is longer; the limit keeps the patterns from running over long texts.
    if len(text) > 64:
        return None
    match = _clock_pattern().match(text)
    if match is not None:
        return _clock_ticks(match.groups())
    match = _quantity_pattern().match(text)
    if match is None:
        return None
    sign, whole, fraction, unit = match.groups()
    return _quantity_ticks(sign, whole, fraction or "", unit.lower() if unit else "d")


def format_timespan(ticks: int) -> str:
    """`[-][d.]hh:mm:ss[.fffffff]`, as Kusto prints a timespan."""
    days, ticks_of_day = divmod(abs(ticks), DAY)
    seconds, fraction = divmod(ticks_of_day, SECOND)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    sign_and_days = ("-" if ticks < 0 else "") + (f"{days}." if days else "")
    fraction_text = f".{fraction:07d}" if fraction else ""
    return f"{sign_and_days}{hour:02d}:{minute:02d}:{second:02d}{fraction_text}"


def timespan_in_range(ticks: int) -> int | None:
    """The ticks themselves, or None where 64 bits do not hold them."""
    return ticks if MIN_TIMESPAN <= ticks <= MAX_TIMESPAN else None


def timespan_from_python(delta: dt.timedelta) -> int:
    """The ticks of a Python timedelta."""
    return delta.days * DAY + delta.seconds * SECOND + delta.microseconds * MICROSECOND


def timespan_to_python(ticks: int) -> dt.timedelta:
    """The timedelta of some ticks, truncated towards zero to microseconds."""
    # Python's // goes towards minus infinity, which would lengthen a negative timespan.
    microseconds = ticks // MICROSECOND if ticks >= 0 else -(-ticks // MICROSECOND)
    return dt.timedelta(microseconds=microseconds)


def _clock_ticks(parts: tuple[str | None, ...]) -> int | None:
    sign, days, *clock, fraction = parts
    hour, minute, second = (int(part or 0) for part in clock)
    if hour > 23 or minute > 59 or second > 59:
        return None
    ticks = int(days or 0) * DAY + hour * HOUR + minute * MINUTE + second * SECOND
    ticks += int((fraction or "")[:7].ljust(7, "0"))
    return timespan_in_range(-ticks if sign else ticks)


def _quantity_ticks(sign: str, whole: str, fraction: str, unit: str) -> int | None:
    if unit in NANOSECOND_UNITS:
        ticks = int(whole) // 100
    elif unit in TICKS_PER_UNIT:
        scale = TICKS_PER_UNIT[unit]
        # In whole numbers: a float would lose the last ticks of `0.1d`.
        ticks = int(whole) * scale + (int(fraction) * scale // 10 ** len(fraction) if fraction else 0)
    else:
        return None
    return timespan_in_range(-ticks if sign else ticks)


@cache
def _clock_pattern() -> re.Pattern[str]:
    return re.compile(
        r"\s*(-?)(?:(\d{1,8})[.:](?=\d{1,2}:\d{1,2}:))?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?\s*\Z",
        re.ASCII,
    )


@cache
def _quantity_pattern() -> re.Pattern[str]:
    return re.compile(r"\s*(-?)(\d{1,20})(?:\.(\d{1,20}))?\s*([a-zA-Z]+)?\s*\Z", re.ASCII)
