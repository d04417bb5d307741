"""What a run needs beside its rows: the time that now() gives, and a place for notes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from provisioner.kql import values

MAX_NOTES = 1000
"""How many different notes one run keeps: a note may quote a record, and a stream of records has no end."""


@dataclass(slots=True)
class RunContext:
    """`now` in ticks of 100 ns since the year 1; `notes` counts how often each message came."""

    now: int
    notes: dict[str, int] = field(default_factory=dict)

    def note(self, message: str) -> None:
        """Count a message about a value, such as one of the wrong type."""
        if message in self.notes or len(self.notes) < MAX_NOTES:
            self.notes[message] = self.notes.get(message, 0) + 1


def ticks_of_now(now: dt.datetime | str | None) -> int:
    """The ticks of a moment given as a datetime or as ISO text, of this moment for None; ValueError for other text."""
    if now is None:
        now = dt.datetime.now(dt.UTC)
    ticks = values.parse_datetime(now) if isinstance(now, str) else values.datetime_from_python(now)
    if ticks is None:
        raise ValueError(f"{now!r} is no time that Kusto knows")
    return ticks
