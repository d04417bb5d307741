"""Functions of times."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from provisioner.template.evaluation_context import Context
from provisioner.template.functions.date_formats import date_text
from provisioner.template.functions.registry import CannotEvaluate, group

function = group("date")
_COMPACT = "yyyyMMddTHHmmssZ"
# Digits are limited: a longer number is beyond the years 1 to 9999 anyway, and int() of it would be slow.
_DURATION = re.compile(
    r"([+-]?)P(?=.)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?"
    r"(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,7})?)S)?)?\Z"
)
_TIME = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:([T ])(\d\d):?(\d\d):?(\d\d)(?:\.(\d{1,7}))?\s*(Z|[+-]\d\d:?\d\d)?)?\Z", re.IGNORECASE
)


@function("utcNow(format: string?) -> string", style="context", places=frozenset(("parameter",)))
def utc_now(pattern: str = _COMPACT, *, context: Context) -> str:
    """The time now, in UTC; for the default value of a parameter only."""
    return date_text(context.evaluation.now(), pattern)


@function("dateTimeAdd(base: string, duration: string, format: string?) -> string")
def date_time_add(base: str, duration: str, pattern: str | None = None) -> str:
    """A time moved by an ISO 8601 duration, in the form of the base where no other is named.

    Of a base in the form `u` (a space between date and time) the function's page shows `4/7/2023 2:53:14 PM`.
    """
    return date_text(_moved(_time(base), duration), pattern or _form_of(base))


@function("dateTimeFromEpoch(seconds: int) -> string")
def date_time_from_epoch(seconds: int) -> str:
    """The time so many seconds after the start of 1970."""
    try:
        moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    except OverflowError:
        raise CannotEvaluate("the time is outside the years 1 to 9999") from None
    return date_text(moment, "yyyy-MM-ddTHH:mm:ssZ")


@function("dateTimeToEpoch(time: string) -> int")
def date_time_to_epoch(time: str) -> int:
    """The seconds since the start of 1970."""
    return int((_time(time) - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).total_seconds())


def _time(text: str) -> dt.datetime:
    match = _TIME.match(text.strip())
    if match is None:
        raise CannotEvaluate("the text is no ISO 8601 time")
    year, month, day, _, hour, minute, second, fraction, zone = match.groups()
    try:
        moment = dt.datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            # .NET has seven digits of a second, Python six.
            int((fraction or "0").ljust(6, "0")[:6]),
            tzinfo=dt.UTC,
        )
        if zone and zone.upper() != "Z":
            shift = dt.timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
            moment += shift if zone[0] == "-" else -shift
    except (ValueError, OverflowError):
        raise CannotEvaluate("the text is no ISO 8601 time") from None
    return moment


def _moved(moment: dt.datetime, duration: str) -> dt.datetime:
    match = _DURATION.match(duration)
    if match is None:
        raise CannotEvaluate(f"The second parameter '{duration}' is not a valid ISO8601 Duration string")
    sign = -1 if match[1] == "-" else 1
    years, months, weeks, days, hours, minutes = (sign * int(part or 0) for part in match.groups()[1:7])
    seconds = sign * float(match[8] or 0)
    try:
        month = moment.year * 12 + moment.month - 1 + years * 12 + months
        year, month = divmod(month, 12)
        # 31 January and a month is the last of February, as in .NET.
        day = min(moment.day, calendar.monthrange(year, month + 1)[1])
        shifted = moment.replace(year=year, month=month + 1, day=day)
        return shifted + dt.timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except (ValueError, OverflowError, calendar.IllegalMonthError):
        raise CannotEvaluate("the time is outside the years 1 to 9999") from None


def _form_of(base: str) -> str:
    match = _TIME.match(base.strip())
    if match is None or match[4] is None:
        return "yyyy-MM-dd" if "-" in base else "yyyyMMdd"
    # The function's own page shows this form for a base with a space in it.
    if match[4] == " ":
        return "M/d/yyyy h:mm:ss tt"
    return "yyyy-MM-ddTHH:mm:ss" + ("." + "f" * len(match[8]) if match[8] else "") + "Z" if ":" in base else _COMPACT
