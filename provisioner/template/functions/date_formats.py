""".NET's formats of times, in the invariant culture."""

from __future__ import annotations

import datetime as dt
import re

from provisioner.template.functions.registry import CannotEvaluate

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_STANDARD = {
    "d": "MM/dd/yyyy",
    "D": "dddd, dd MMMM yyyy",
    "f": "dddd, dd MMMM yyyy HH:mm",
    "F": "dddd, dd MMMM yyyy HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "m": "MMMM dd",
    "M": "MMMM dd",
    "o": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "O": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "s": "yyyy-MM-ddTHH:mm:ss",
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "u": "yyyy-MM-dd HH:mm:ss'Z'",
    "U": "dddd, dd MMMM yyyy HH:mm:ss",
    "y": "yyyy MMMM",
    "Y": "yyyy MMMM",
}
_PART = re.compile(
    r"d{1,}|M{1,}|y{1,}|H{1,}|h{1,}|m{1,}|s{1,}|f{1,7}|F{1,7}|t{1,}|z{1,}|K|'([^']*)'|\"([^\"]*)\"|\\(.)|%|.", re.DOTALL
)


def date_text(moment: dt.datetime, pattern: str) -> str:
    """A time in UTC as a text. Raises CannotEvaluate for a standard format of one letter that is none."""
    if len(pattern) == 1:
        if pattern not in _STANDARD:
            raise CannotEvaluate(f"the time format '{pattern}' is not known")
        pattern = _STANDARD[pattern]
    return _PART.sub(lambda match: _part(moment, match), pattern)


def _part(moment: dt.datetime, match: re.Match[str]) -> str:
    word = match[0]
    if match.lastindex:
        return match[match.lastindex]
    letter, length = word[0], len(word)
    if letter in "dM":
        return _named(moment, letter, length)
    if letter == "y":
        return f"{moment.year % 100:0{length}d}" if length <= 2 else f"{moment.year:0{length}d}"
    if letter in "Hhms":
        hour = moment.hour if letter == "H" else moment.hour % 12 or 12
        number = hour if letter in "Hh" else moment.minute if letter == "m" else moment.second
        return f"{number:0{min(length, 2)}d}"
    if letter in "fF":
        # The seventh digit, a hundred nanoseconds, is beyond what a time here holds.
        fraction = f"{moment.microsecond:06d}0"[:length]
        return fraction if letter == "f" else fraction.rstrip("0")
    if letter == "t":
        return ("AM" if moment.hour < 12 else "PM")[: min(length, 2)]
    if letter == "z":
        # Every time is in UTC by now.
        return "+0" if length == 1 else "+00" if length == 2 else "+00:00"
    return "Z" if letter == "K" else "" if letter == "%" else word


def _named(moment: dt.datetime, letter: str, length: int) -> str:
    number = moment.day if letter == "d" else moment.month
    if length <= 2:
        return f"{number:0{length}d}"
    name = _DAYS[moment.weekday()] if letter == "d" else _MONTHS[moment.month - 1]
    return name[:3] if length == 3 else name
