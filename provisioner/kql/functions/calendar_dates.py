"""The calendar: parts of a datetime, starts and ends of its day, week, month and year, and periods between two."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import (
    DAY,
    HOUR,
    MAX_DATETIME,
    MICROSECOND,
    MILLISECOND,
    MINUTE,
    SECOND,
    BadConstant,
    datetime_in_range,
    wrap_long,
)
from provisioner.kql.values.datetimes import date_to_ticks, ticks_to_date

if TYPE_CHECKING:
    from provisioner.kql.evaluation.run_context import RunContext

_TICKS_PER_PERIOD = {
    "week": 7 * DAY,
    "day": DAY,
    "hour": HOUR,
    "minute": MINUTE,
    "second": SECOND,
    "millisecond": MILLISECOND,
    "microsecond": MICROSECOND,
}
_MONTHS_PER_PERIOD = {"year": 12, "quarter": 3, "month": 1}
_PERIODS = (*_MONTHS_PER_PERIOD, *_TICKS_PER_PERIOD, "nanosecond")


def _parse_period(text: str) -> str:
    return _require_one_of(text, _PERIODS)


def _require_one_of(text: str, names: Iterable[str]) -> str:
    """The name in small letters; BadConstant where it is none of `names`."""
    if text.lower() not in names:
        raise BadConstant(f"{text!r} is none of {', '.join(names)}")
    return text.lower()


@scalar_function("now(offset: timespan?) -> datetime", volatile=True, takes_context=True)
def now(offset: int = 0, *, context: RunContext) -> int | None:
    """The time at which the evaluation began, moved by the offset."""
    return datetime_in_range(context.now + offset)


@scalar_function("ago(stretch: timespan) -> datetime", volatile=True, takes_context=True)
def ago(timespan: int, *, context: RunContext) -> int | None:
    """The time at which the evaluation began, less the timespan."""
    return datetime_in_range(context.now - timespan)


@scalar_function(
    "datetime_add(period: literal string, amount: long, date: datetime) -> datetime", prepare={0: _parse_period}
)
def datetime_add(period: str, amount: int, date: int) -> int | None:
    """The datetime moved by `amount` periods; a day the month does not have becomes its last."""
    if period == "nanosecond":  # less than a tick
        return datetime_in_range(date + amount // 100)
    if period in _TICKS_PER_PERIOD:
        return datetime_in_range(date + amount * _TICKS_PER_PERIOD[period])
    return _add_months(date, amount * _MONTHS_PER_PERIOD[period])


# By months of the calendar, which have no fixed number of ticks.
def _add_months(ticks: int, months: int) -> int | None:
    day = ticks_to_date(ticks)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    start = date_to_ticks(year, month + 1, min(day.day, _days_in_month(year, month + 1)))
    return None if start is None else start + ticks % DAY


def _days_in_month(year: int, month: int) -> int:
    from calendar import monthrange  # loaded here: most queries need no calendar

    return monthrange(year, month)[1]


@scalar_function(
    "datetime_diff(period: literal string, left: datetime, right: datetime) -> long", prepare={0: _parse_period}
)
def datetime_diff(period: str, left: int, right: int) -> int | None:
    """How many boundaries of the period lie between: from 23:59 to 0:01 it is one day. Weeks begin on Sunday."""
    if period == "nanosecond":
        return wrap_long((left - right) * 100)
    # The year 1 began on a Monday: a day more makes the weeks begin on Sunday.
    if period == "week":
        return (left + DAY) // (7 * DAY) - (right + DAY) // (7 * DAY)
    if period in _TICKS_PER_PERIOD:
        return left // _TICKS_PER_PERIOD[period] - right // _TICKS_PER_PERIOD[period]
    return _period_number(period, left) - _period_number(period, right)


def _period_number(period: str, ticks: int) -> int:
    day = ticks_to_date(ticks)
    return (day.year * 12 + day.month - 1) // _MONTHS_PER_PERIOD[period]


@scalar_function("week_of_year(date: datetime) -> int")
def week_of_year(date: int) -> int:
    """The week by ISO 8601: weeks begin on Monday, the first is the one with the year's first Thursday."""
    return ticks_to_date(date).isocalendar().week


# Not another name of `week_of_year`: Kusto keeps the older count under the older name.
@scalar_function("weekofyear(date: datetime) -> int")
def weekofyear(date: int) -> int:
    """The week by the older count: weeks begin on Sunday, the first is the one with the year's first Wednesday."""
    # The first and the last week of all reach beyond the calendar.
    wednesday = ticks_to_date(min(max(0, date - dayofweek(date) + 3 * DAY), MAX_DATETIME))
    return (wednesday.timetuple().tm_yday - 1) // 7 + 1


_PARTS: dict[str, Callable[[int], int]] = {
    "year": lambda ticks: ticks_to_date(ticks).year,
    "quarter": lambda ticks: (ticks_to_date(ticks).month + 2) // 3,
    "month": lambda ticks: ticks_to_date(ticks).month,
    "week_of_year": week_of_year,
    "weekofyear": weekofyear,
    "day": lambda ticks: ticks_to_date(ticks).day,
    "dayofyear": lambda ticks: ticks_to_date(ticks).timetuple().tm_yday,
    "hour": lambda ticks: ticks // HOUR % 24,
    "minute": lambda ticks: ticks // MINUTE % 60,
    "second": lambda ticks: ticks // SECOND % 60,
    "millisecond": lambda ticks: ticks // MILLISECOND % 1000,
    "microsecond": lambda ticks: ticks // MICROSECOND % 1_000_000,
    "nanosecond": lambda ticks: ticks % SECOND * 100,
}


def _parse_part(text: str) -> Callable[[int], int]:
    return _PARTS[_require_one_of(text, _PARTS)]


@scalar_function(
    "datetime_part(part: literal string, date: datetime) -> int",
    "datepart(part: literal string, date: datetime) -> int",
    prepare={0: _parse_part},
)
def datetime_part(part: Callable[[int], int], date: int) -> int:
    """The named part of a datetime as a number; parts below the second count from the last whole second."""
    return part(date)


@scalar_function("getyear(date: datetime) -> int")
def getyear(date: int) -> int:
    """The year."""
    return ticks_to_date(date).year


@scalar_function("getmonth(date: datetime) -> int", "monthofyear(date: datetime) -> int")
def getmonth(date: int) -> int:
    """The month, from 1."""
    return ticks_to_date(date).month


@scalar_function("dayofmonth(date: datetime) -> int")
def dayofmonth(date: int) -> int:
    """The day of the month, from 1."""
    return ticks_to_date(date).day


@scalar_function("dayofyear(date: datetime) -> int")
def dayofyear(date: int) -> int:
    """The day of the year, from 1."""
    return _PARTS["dayofyear"](date)


@scalar_function("hourofday(date: datetime) -> int")
def hourofday(date: int) -> int:
    """The hour, from 0."""
    return date // HOUR % 24


@scalar_function("dayofweek(date: datetime) -> timespan")
def dayofweek(date: int) -> int:
    """The days since the last Sunday, as a timespan."""
    return (date // DAY + 1) % 7 * DAY


@scalar_function("startofday(date: datetime, offset: long?) -> datetime")
def startofday(date: int, offset: int = 0) -> int | None:
    """The first tick of the day, moved by `offset` days."""
    return datetime_in_range(date - date % DAY + offset * DAY)


@scalar_function("endofday(date: datetime, offset: long?) -> datetime")
def endofday(date: int, offset: int = 0) -> int | None:
    """The last tick of the day, moved by `offset` days."""
    return _last_tick_before(startofday(date, offset + 1), date, offset)


@scalar_function("startofweek(date: datetime, offset: long?) -> datetime")
def startofweek(date: int, offset: int = 0) -> int | None:
    """The first tick of the week, which begins on Sunday, moved by `offset` weeks."""
    return datetime_in_range(date - date % DAY - dayofweek(date) + offset * 7 * DAY)


@scalar_function("endofweek(date: datetime, offset: long?) -> datetime")
def endofweek(date: int, offset: int = 0) -> int | None:
    """The last tick of the week, which ends on Saturday, moved by `offset` weeks."""
    return _last_tick_before(startofweek(date, offset + 1), date, offset)


@scalar_function("startofmonth(date: datetime, offset: long?) -> datetime")
def startofmonth(date: int, offset: int = 0) -> int | None:
    """The first tick of the month, moved by `offset` months."""
    return _start_of_months(date, offset, 1)


@scalar_function("endofmonth(date: datetime, offset: long?) -> datetime")
def endofmonth(date: int, offset: int = 0) -> int | None:
    """The last tick of the month, moved by `offset` months."""
    return _last_tick_before(_start_of_months(date, offset + 1, 1), date, offset)


@scalar_function("startofyear(date: datetime, offset: long?) -> datetime")
def startofyear(date: int, offset: int = 0) -> int | None:
    """The first tick of the year, moved by `offset` years."""
    return _start_of_months(date, offset, 12)


@scalar_function("endofyear(date: datetime, offset: long?) -> datetime")
def endofyear(date: int, offset: int = 0) -> int | None:
    """The last tick of the year, moved by `offset` years."""
    return _last_tick_before(_start_of_months(date, offset + 1, 12), date, offset)


def _start_of_months(ticks: int, offset: int, length: int) -> int | None:
    """The start of the period of `length` months around the datetime, moved by `offset` periods; else None."""
    day = ticks_to_date(ticks)
    year, month = divmod(((day.year * 12 + day.month - 1) // length + offset) * length, 12)
    return date_to_ticks(year, month + 1, 1) if 1 <= year <= 9999 else None


def _last_tick_before(start: int | None, date: int, offset: int) -> int | None:
    """The tick before the next period's start; the last tick of all where that start lies after the year 9999."""
    if start is None:
        # `datetime_in_range` does not say at which end the start fell out of the calendar; the date does.
        return MAX_DATETIME if offset == 0 and date > MAX_DATETIME // 2 else None
    return start - 1 if start else None
