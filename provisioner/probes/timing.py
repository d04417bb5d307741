"""How long a verification waits, and how often it tries."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VerifyTiming:
    """All in seconds but `send_threads`. The defaults are Azure's own: a grant takes up to 30 minutes, a table 15.

    `send_budget`: for the right to send. `arrival_timeout`: for rows after acceptance. `poll_interval`: before the
    first look, growing to `max_poll_interval`. `diagnose_after`: how long a row may be missing before causes are looked
    for. `resend_after`: when records that an outdated copy of a DCR mangled are sent once more.
    Source: tutorial-logs-ingestion-code, "Troubleshooting"; tutorial-logs-ingestion-api.
    """

    send_budget: float = 1800.0
    arrival_timeout: float = 900.0
    poll_interval: float = 2.0
    max_poll_interval: float = 15.0
    diagnose_after: float = 60.0
    resend_after: float = 60.0
    send_threads: int = 16

    def poll_delays(self) -> Iterator[float]:
        """Endless delays in seconds that grow by half, up to `max_poll_interval`."""
        steps = itertools.repeat(self.poll_interval)
        return itertools.accumulate(steps, lambda delay, _: min(delay * 1.5, self.max_poll_interval))


EMULATOR_TIMING = VerifyTiming(
    send_budget=60.0,
    arrival_timeout=30.0,
    poll_interval=0.05,
    max_poll_interval=1.0,
    diagnose_after=2.0,
    resend_after=5.0,
)
"""The emulator delays nothing unless a fault asks it to."""
