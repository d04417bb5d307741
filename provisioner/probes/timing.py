"""How long a run waits, and how often it tries."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: `budget` for the right to send, `arrival` for rows after acceptance, `poll` to `slowest` between looks.

    `suspect` is how long a row may be missing before reasons are looked for, `again` when records that a young rule
    mangled are sent once more. The defaults are Azure's: a grant takes up to 30 minutes, a new table up to 15.
    Source: tutorial-logs-ingestion-code, "Troubleshooting"; tutorial-logs-ingestion-api.
    """

    budget: float = 1800.0
    arrival: float = 900.0
    poll: float = 2.0
    slowest: float = 15.0
    suspect: float = 60.0
    again: float = 60.0
    workers: int = 16

    def delays(self) -> Iterator[float]:
        """Waits that grow by half, up to the slowest, for ever."""
        return itertools.accumulate(itertools.repeat(self.poll), lambda last, _: min(last * 1.5, self.slowest))


QUICK = Pace(budget=60.0, arrival=30.0, poll=0.05, slowest=1.0, suspect=2.0, again=5.0)
"""Under the emulator nothing takes minutes but by request."""
