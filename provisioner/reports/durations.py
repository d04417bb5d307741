"""Durations as people read them."""

from __future__ import annotations

import datetime as dt


def format_seconds(seconds: float) -> str:
    """Seconds with one digit, in milliseconds where they are few: `1.3 s`, `40 ms`."""
    return f"{seconds * 1000:.0f} ms" if seconds < 0.1 else f"{seconds:.1f} s"


def format_age(age: dt.timedelta) -> str:
    """Whole seconds, minutes or hours, the largest unit of which there are two: `90 s`, `15 min`, `3 h`."""
    seconds = max(0, int(age.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
