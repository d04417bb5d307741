"""The calendar: parts of a datetime, starts and ends of its day, week, month and year, and periods between two."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from provisioner.kql.functions.function_registry import function
from provisioner.kql.values import (
    DAY,
    HOUR,
    MAX_DATETIME,
    MICROSECOND,
    MILLISECOND,
    MINUTE,
    SECOND,
    BadConstant,
    within_range,
    wrap_long,
)
from provisioner.kql.values.datetimes import date_of, make_ticks

_UNITS = {
    "week": 7 * DAY,
    "day": DAY,
    "hour": HOUR,
    "minute": MINUTE,
    "second": SECOND,
    "millisecond": MILLISECOND,
    "microsecond": MICROSECOND,
}
_MONTHS = {"year": 12, "quarter": 3, "month": 1}


_PERIODS = (*_MONTHS, *_UNITS, "nanosecond")


def _period(word: str) -> str:
    return _known(word, _PERIODS)


def _known(word: str, words: Iterable[str]) -> str:
    if word.lower() not in words:
        raise BadConstant(f"{word!r} is none of {', '.join(words)}")
    return word.lower()


@function("now(offset: timespan?) -> datetime", volatile=True, context=True)
def now(offset: int = 0, *, context: Any) -> int | None:
    """The time at which the evaluation began, moved by the offset."""
    return within_range(context.now + offset)


@function("ago(stretch: timespan) -> datetime", volatile=True, context=True)
def ago(stretch: int, *, context: Any) -> int | None:
    """The time so long before the evaluation began."""
    return within_range(context.now - stretch)


@function("datetime_add(period: literal string, amount: long, date: datetime) -> datetime", prepare={0: _period})
def datetime_add(period: str, amount: int, date: int) -> int | None:
    """The datetime moved by so many periods; a day the month does not have becomes its last."""
    if period == "nanosecond":
        return within_range(date + amount // 100)
    if period in _UNITS:
        return within_range(date + amount * _UNITS[period])
    return _add_months(date, amount * _MONTHS[period])


def _add_months(ticks: int, months: int) -> int | None:
    day = date_of(ticks)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    start = make_ticks(year, month + 1, min(day.day, _days_in_month(year, month + 1)))
    return None if start is None else start + ticks % DAY


def _days_in_month(year: int, month: int) -> int:
    from calendar import monthrange

    return monthrange(year, month)[1]


@function("datetime_diff(period: literal string, left: datetime, right: datetime) -> long", prepare={0: _period})
def datetime_diff(period: str, left: int, right: int) -> int | None:
    """How many boundaries of the period lie between: from 23:59 to 0:01 it is one day. Weeks begin on Sunday."""
    if period == "nanosecond":
        return wrap_long((left - right) * 100)
    if period == "week":
        return (left + DAY) // (7 * DAY) - (right + DAY) // (7 * DAY)
    if period in _UNITS:
        return left // _UNITS[period] - right // _UNITS[period]
    return _period_number(period, left) - _period_number(period, right)


def _period_number(period: str, ticks: int) -> int:
    day = date_of(ticks)
    return (day.year * 12 + day.month - 1) // _MONTHS[period]


@function("week_of_year(date: datetime) -> int")
def week_of_year(date: int) -> int:
    """The week by ISO 8601: weeks begin on Monday, the first is the one with the year's first Thursday."""
    return date_of(date).isocalendar().week


@function("weekofyear(date: datetime) -> int")
def weekofyear(date: int) -> int:
    """The week by the older count: weeks begin on Sunday, the first is the one with the year's first Wednesday."""
    wednesday = date_of(min(max(0, date - dayofweek(date) + 3 * DAY), MAX_DATETIME))
    return (wednesday.timetuple().tm_yday - 1) // 7 + 1


_PARTS: dict[str, Callable[[int], int]] = {
    "year": lambda ticks: date_of(ticks).year,
    "quarter": lambda ticks: (date_of(ticks).month + 2) // 3,
    "month": lambda ticks: date_of(ticks).month,
    "week_of_year": week_of_year,
    "weekofyear": weekofyear,
    "day": lambda ticks: date_of(ticks).day,
    "dayofyear": lambda ticks: date_of(ticks).timetuple().tm_yday,
    "hour": lambda ticks: ticks // HOUR % 24,
    "minute": lambda ticks: ticks // MINUTE % 60,
    "second": lambda ticks: ticks // SECOND % 60,
    "millisecond": lambda ticks: ticks // MILLISECOND % 1000,
    "microsecond": lambda ticks: ticks // MICROSECOND % 1_000_000,
    "nanosecond": lambda ticks: ticks % SECOND * 100,
}


def _part(word: str) -> Callable[[int], int]:
    return _PARTS[_known(word, _PARTS)]


@function(
    "datetime_part(part: literal string, date: datetime) -> int",
    "datepart(part: literal string, date: datetime) -> int",
    prepare={0: _part},
)
def datetime_part(part: Callable[[int], int], date: int) -> int:
    """The named part of a datetime as a number; parts below the second count from the last whole second."""
    return part(date)


@function("getyear(date: datetime) -> int")
def getyear(date: int) -> int:
    """The year."""
    return date_of(date).year


@function("getmonth(date: datetime) -> int", "monthofyear(date: datetime) -> int")
def getmonth(date: int) -> int:
    """The month, from 1."""
    return date_of(date).month


@function("dayofmonth(date: datetime) -> int")
def dayofmonth(date: int) -> int:
    """The day of the month, from 1."""
    return date_of(date).day


@function("dayofyear(date: datetime) -> int")
def dayofyear(date: int) -> int:
    """The day of the year, from 1."""
    return _PARTS["dayofyear"](date)


@function("hourofday(date: datetime) -> int")
def hourofday(date: int) -> int:
    """The hour, from 0."""
    return date // HOUR % 24


@function("dayofweek(date: datetime) -> timespan")
def dayofweek(date: int) -> int:
    """The days since the last Sunday, as a timespan."""
    return (date // DAY + 1) % 7 * DAY


@function("startofday(date: datetime, offset: long?) -> datetime")
def startofday(date: int, offset: int = 0) -> int | None:
    """The first moment of the day, moved by so many days."""
    return within_range(date - date % DAY + offset * DAY)


@function("endofday(date: datetime, offset: long?) -> datetime")
def endofday(date: int, offset: int = 0) -> int | None:
    """The last tick of the day, moved by so many days."""
    return _before(startofday(date, offset + 1), date, offset)


@function("startofweek(date: datetime, offset: long?) -> datetime")
def startofweek(date: int, offset: int = 0) -> int | None:
    """The first moment of the week, which begins on Sunday, moved by so many weeks."""
    return within_range(date - date % DAY - dayofweek(date) + offset * 7 * DAY)


@function("endofweek(date: datetime, offset: long?) -> datetime")
def endofweek(date: int, offset: int = 0) -> int | None:
    """The last tick of the week, which ends on Saturday, moved by so many weeks."""
    return _before(startofweek(date, offset + 1), date, offset)


@function("startofmonth(date: datetime, offset: long?) -> datetime")
def startofmonth(date: int, offset: int = 0) -> int | None:
    """The first moment of the month, moved by so many months."""
    return _month_start(date, offset, 1)


@function("endofmonth(date: datetime, offset: long?) -> datetime")
def endofmonth(date: int, offset: int = 0) -> int | None:
    """The last tick of the month, moved by so many months."""
    return _before(_month_start(date, offset + 1, 1), date, offset)


@function("startofyear(date: datetime, offset: long?) -> datetime")
def startofyear(date: int, offset: int = 0) -> int | None:
    """The first moment of the year, moved by so many years."""
    return _month_start(date, offset, 12)


@function("endofyear(date: datetime, offset: long?) -> datetime")
def endofyear(date: int, offset: int = 0) -> int | None:
    """The last tick of the year, moved by so many years."""
    return _before(_month_start(date, offset + 1, 12), date, offset)


def _month_start(ticks: int, offset: int, length: int) -> int | None:
    """The start of the period of `length` months the moment lies in, moved by so many periods."""
    day = date_of(ticks)
    year, month = divmod(((day.year * 12 + day.month - 1) // length + offset) * length, 12)
    return make_ticks(year, month + 1, 1) if 1 <= year <= 9999 else None


def _before(start: int | None, date: int, offset: int) -> int | None:
    """The tick before the next period's start; the last there is where that start lies after the year 9999."""
    if start is None:
        return MAX_DATETIME if offset == 0 and date > MAX_DATETIME // 2 else None
    return start - 1 if start else None
