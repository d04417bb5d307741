"""Datetimes and timespans made from their parts, from Unix time, and from the clock of another time zone."""

from __future__ import annotations

import math
from datetime import tzinfo
from decimal import Decimal

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import (
    DAY,
    HOUR,
    MICROSECOND,
    MILLISECOND,
    MINUTE,
    SECOND,
    UNIX_EPOCH,
    Number,
    Value,
    convert,
    datetime_from_python,
    datetime_in_range,
    datetime_to_python,
    timespan_in_range,
    to_float,
)
from provisioner.kql.values.datetimes import date_to_ticks


@scalar_function(
    "make_datetime(year: number, month: number, day: number) -> datetime",
    "make_datetime(year: number, month: number, day: number, hour: number, minute: number) -> datetime",
    "make_datetime(year: number, month: number, day: number, hour: number, minute: number, second: number) -> datetime",
)
def make_datetime(*parts: Number) -> int | None:
    """The datetime of these parts; null where one of them is out of its range."""
    # The seconds alone may have a fraction; the other parts are cut to whole numbers.
    numbers = [_to_whole_number(part) for part in parts[:5]]
    ticks = _seconds_to_ticks(parts[5]) if len(parts) > 5 else 0
    year, month, day, hour, minute = (-1 if number is None else number for number in [*numbers, 0, 0][:5])
    date = date_to_ticks(year, month, day)
    if date is None or ticks is None or not (0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= ticks < MINUTE):
        return None
    return date + hour * HOUR + minute * MINUTE + ticks


@scalar_function("make_datetime(value: scalar) -> datetime", takes_types=True)
def make_datetime_from(value: Value, *, types: tuple[str, ...]) -> Value:
    """As `todatetime`."""
    return convert(value, types[0], "datetime")


@scalar_function("make_timespan(hours: long, minutes: long) -> timespan")
def make_timespan_short(hours: int, minutes: int) -> int | None:
    """The timespan of these parts; null where one of them is out of its range."""
    return _timespan_from_parts(0, hours, minutes, 0)


@scalar_function("make_timespan(hours: long, minutes: long, seconds: number) -> timespan")
def make_timespan(hours: int, minutes: int, seconds: Number) -> int | None:
    """The timespan of these parts; null where one of them is out of its range."""
    return _timespan_from_parts(0, hours, minutes, seconds)


@scalar_function("make_timespan(days: long, hours: long, minutes: long, seconds: number) -> timespan")
def make_timespan_long(days: int, hours: int, minutes: int, seconds: Number) -> int | None:
    """The timespan of these parts; null where one of them is out of its range."""
    return _timespan_from_parts(days, hours, minutes, seconds)


@scalar_function("make_timespan(value: scalar) -> timespan", takes_types=True)
def make_timespan_from(value: Value, *, types: tuple[str, ...]) -> Value:
    """As `totimespan`."""
    return convert(value, types[0], "timespan")


def _timespan_from_parts(days: int, hours: int, minutes: int, seconds: Number) -> int | None:
    ticks = _seconds_to_ticks(seconds)
    if ticks is None or not (0 <= hours <= 23 and 0 <= minutes <= 59 and 0 <= ticks < MINUTE):
        return None
    return timespan_in_range(days * DAY + hours * HOUR + minutes * MINUTE + ticks)


def _to_whole_number(number: Number) -> int | None:
    real = to_float(number)
    return int(real) if math.isfinite(real) else None


def _seconds_to_ticks(number: Number) -> int | None:
    real = to_float(number)
    # Rounded, since 59.9999999 times ten million is a little less than a whole number in binary.
    return round(real * SECOND) if math.isfinite(real) and abs(real) < 1e9 else None


def _datetime_from_unix(number: Number, scale: int, divisor: int = 1) -> int | None:
    """The datetime `number` units of `scale / divisor` ticks after 1970; null outside the years 1 to 9999."""
    if type(number) is int:
        return datetime_in_range(UNIX_EPOCH + number * scale // divisor)
    if not math.isfinite(number) or not -1e30 <= number <= 1e30:
        return None
    # By way of Decimal: 1.7e9 seconds times 1e7 ticks has more digits than a float holds exactly.
    return datetime_in_range(UNIX_EPOCH + int(Decimal(str(number)) * scale / divisor))


@scalar_function("unixtime_seconds_todatetime(number: number) -> datetime")
def unixtime_seconds_todatetime(number: Number) -> int | None:
    """The datetime that many seconds after 1970 began."""
    return _datetime_from_unix(number, SECOND)


@scalar_function("unixtime_milliseconds_todatetime(number: number) -> datetime")
def unixtime_milliseconds_todatetime(number: Number) -> int | None:
    """The datetime that many milliseconds after 1970 began."""
    return _datetime_from_unix(number, MILLISECOND)


@scalar_function("unixtime_microseconds_todatetime(number: number) -> datetime")
def unixtime_microseconds_todatetime(number: Number) -> int | None:
    """The datetime that many microseconds after 1970 began."""
    return _datetime_from_unix(number, MICROSECOND)


@scalar_function("unixtime_nanoseconds_todatetime(number: number) -> datetime")
def unixtime_nanoseconds_todatetime(number: Number) -> int | None:
    """The datetime that many nanoseconds after 1970 began."""
    return _datetime_from_unix(number, 1, 100)


@scalar_function("datetime_utc_to_local(moment: datetime, timezone: string) -> datetime")
def datetime_utc_to_local(date: int, timezone: str) -> int | None:
    """The time that a clock in the zone shows at that datetime; null for an unknown zone."""
    zone = _find_zone(timezone)
    if zone is None:
        return None
    try:
        local = datetime_to_python(date).astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return None
    ticks = datetime_from_python(local)
    return None if ticks is None else ticks + date % MICROSECOND  # the seventh digit, which Python's datetime lacks


@scalar_function("datetime_local_to_utc(moment: datetime, timezone: string) -> datetime")
def datetime_local_to_utc(date: int, timezone: str) -> int | None:
    """The datetime at which a clock in the zone shows this time; null for an unknown zone.

    A time that the clock skips or shows twice is taken with the offset after the change.
    """
    zone = _find_zone(timezone)
    if zone is None:
        return None
    try:
        ticks = datetime_from_python(datetime_to_python(date).replace(tzinfo=zone, fold=1))
    except OverflowError:
        return None
    return None if ticks is None else datetime_in_range(ticks + date % MICROSECOND)


def _find_zone(name: str) -> tzinfo | None:
    # Loaded here: the module looks for the zones of the system, which no other function needs.
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@scalar_function("datetime_list_timezones() -> dynamic")
def datetime_list_timezones() -> list[str]:
    """The names of all zones."""
    from zoneinfo import available_timezones

    return sorted(available_timezones())
