"""Making datetimes and timespans: from their parts, from Unix time, from another zone's clock."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from provisioner.kql.functions.function_registry import function
from provisioner.kql.values import (
    DAY,
    HOUR,
    MICROSECOND,
    MILLISECOND,
    MINUTE,
    SECOND,
    UNIX_EPOCH,
    convert,
    ticks_from_python,
    ticks_to_python,
    timespan_range,
    to_float,
    within_range,
)
from provisioner.kql.values.datetimes import make_ticks


@function(
    "make_datetime(year: number, month: number, day: number) -> datetime",
    "make_datetime(year: number, month: number, day: number, hour: number, minute: number) -> datetime",
    "make_datetime(year: number, month: number, day: number, hour: number, minute: number, second: number) -> datetime",
)
def make_datetime(*parts: Any) -> int | None:
    """The datetime of these parts; null where one of them is out of its range."""
    numbers = [_whole(part) for part in parts[:5]]
    ticks = _seconds(parts[5]) if len(parts) > 5 else 0
    year, month, day, hour, minute = (-1 if number is None else number for number in [*numbers, 0, 0][:5])
    date = make_ticks(year, month, day)
    if date is None or ticks is None or not (0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= ticks < MINUTE):
        return None
    return date + hour * HOUR + minute * MINUTE + ticks


@function("make_datetime(value: scalar) -> datetime", types=True)
def make_datetime_from(value: Any, *, types: tuple[str, ...]) -> Any:
    """As `todatetime`."""
    return convert(value, types[0], "datetime")


@function("make_timespan(hours: long, minutes: long) -> timespan")
def make_timespan_short(hours: int, minutes: int) -> int | None:
    """The timespan of these parts; null where one of them is out of its range."""
    return _timespan(0, hours, minutes, 0)


@function("make_timespan(hours: long, minutes: long, seconds: number) -> timespan")
def make_timespan(hours: int, minutes: int, seconds: Any) -> int | None:
    """The timespan of these parts; null where one of them is out of its range."""
    return _timespan(0, hours, minutes, seconds)


@function("make_timespan(days: long, hours: long, minutes: long, seconds: number) -> timespan")
def make_timespan_long(days: int, hours: int, minutes: int, seconds: Any) -> int | None:
    """The timespan of these parts; null where one of them is out of its range."""
    return _timespan(days, hours, minutes, seconds)


@function("make_timespan(value: scalar) -> timespan", types=True)
def make_timespan_from(value: Any, *, types: tuple[str, ...]) -> Any:
    """As `totimespan`."""
    return convert(value, types[0], "timespan")


def _timespan(days: int, hours: int, minutes: int, seconds: Any) -> int | None:
    ticks = _seconds(seconds)
    if ticks is None or not (0 <= hours <= 23 and 0 <= minutes <= 59 and 0 <= ticks < MINUTE):
        return None
    return timespan_range(days * DAY + hours * HOUR + minutes * MINUTE + ticks)


def _whole(number: Any) -> int | None:
    real = to_float(number)
    return int(real) if math.isfinite(real) else None


def _seconds(number: Any) -> int | None:
    real = to_float(number)
    return round(real * SECOND) if math.isfinite(real) and abs(real) < 1e9 else None


def _from_unix(number: Any, scale: int, divisor: int = 1) -> int | None:
    """The datetime so many units after 1970; null outside the years 1 to 9999."""
    if type(number) is int:
        return within_range(UNIX_EPOCH + number * scale // divisor)
    if not math.isfinite(number) or abs(number) > 1e30:
        return None
    return within_range(UNIX_EPOCH + int(Decimal(str(number)) * scale / divisor))


@function("unixtime_seconds_todatetime(number: number) -> datetime")
def unixtime_seconds_todatetime(number: Any) -> int | None:
    """The datetime so many seconds after 1970."""
    return _from_unix(number, SECOND)


@function("unixtime_milliseconds_todatetime(number: number) -> datetime")
def unixtime_milliseconds_todatetime(number: Any) -> int | None:
    """The datetime so many milliseconds after 1970."""
    return _from_unix(number, MILLISECOND)


@function("unixtime_microseconds_todatetime(number: number) -> datetime")
def unixtime_microseconds_todatetime(number: Any) -> int | None:
    """The datetime so many microseconds after 1970."""
    return _from_unix(number, MICROSECOND)


@function("unixtime_nanoseconds_todatetime(number: number) -> datetime")
def unixtime_nanoseconds_todatetime(number: Any) -> int | None:
    """The datetime so many nanoseconds after 1970."""
    return _from_unix(number, 1, 100)


@function("datetime_utc_to_local(moment: datetime, timezone: string) -> datetime")
def datetime_utc_to_local(moment: int, timezone: str) -> int | None:
    """What a clock in the zone shows at that moment; null for an unknown zone."""
    zone = _zone(timezone)
    if zone is None:
        return None
    try:
        local = ticks_to_python(moment).astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return None
    ticks = ticks_from_python(local)
    return None if ticks is None else ticks + moment % MICROSECOND


@function("datetime_local_to_utc(moment: datetime, timezone: string) -> datetime")
def datetime_local_to_utc(moment: int, timezone: str) -> int | None:
    """The moment at which a clock in the zone shows this; null for an unknown zone.

    A time that the clock skips or shows twice is taken with the offset that holds afterwards.
    """
    zone = _zone(timezone)
    if zone is None:
        return None
    try:
        ticks = ticks_from_python(ticks_to_python(moment).replace(tzinfo=zone, fold=1))
    except OverflowError:
        return None
    return None if ticks is None else within_range(ticks + moment % MICROSECOND)


def _zone(name: str) -> Any:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@function("datetime_list_timezones() -> dynamic")
def datetime_list_timezones() -> list[str]:
    """The names of all zones."""
    from zoneinfo import available_timezones

    return sorted(available_timezones())
