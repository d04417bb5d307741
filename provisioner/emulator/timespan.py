"""ISO 8601 spans of time as the query and metrics APIs take them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d+(?:\.\d+)?)W)?(?:(?P<days>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d+(?:\.\d+)?)H)?(?:(?P<minutes>\d+(?:\.\d+)?)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


def parse_timespan(text: str, now: datetime) -> tuple[datetime, datetime]:
    """Start and end of `PT1H`, `start/end`, `start/PT1H` or `PT1H/end`; raises ValueError with what is wrong."""
    first, slash, second = text.strip().partition("/")
    if not slash:
        return now - parse_duration(first), now
    if first.startswith("P"):
        end = _parse_instant(second)
        return end - parse_duration(first), end
    start = _parse_instant(first)
    return start, start + parse_duration(second) if second.startswith("P") else _parse_instant(second)


def parse_duration(text: str) -> timedelta:
    """A duration such as `PT5M`; raises ValueError for any other text, OverflowError where it is too long."""
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        raise ValueError(f"'{text}' is not a duration")
    return timedelta(**{name: float(value) for name, value in match.groupdict().items() if value})


def _parse_instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    # Azure reads a time without a zone as UTC.
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
