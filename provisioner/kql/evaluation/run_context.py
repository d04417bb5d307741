"""What a run knows beside its rows: the time, and a place for notes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from provisioner.kql import values

MOST_NOTES = 1000


@dataclass(slots=True)
class Context:
    """`now` in ticks; `notes` counts each message once more where it comes again."""

    now: int
    notes: dict[str, int] = field(default_factory=dict)

    def note(self, message: str) -> None:
        """Remember something that happened to a value."""
        if message in self.notes or len(self.notes) < MOST_NOTES:
            self.notes[message] = self.notes.get(message, 0) + 1


def clock(now: dt.datetime | str | None) -> int:
    """The ticks of a moment given as a datetime or as text; of this moment where none is given."""
    if now is None:
        now = dt.datetime.now(dt.UTC)
    ticks = values.parse_datetime(now) if isinstance(now, str) else values.ticks_from_python(now)
    if ticks is None:
        raise ValueError(f"{now!r} is no time that Kusto knows")
    return ticks
