"""When the next call may be made: by the rule's quotas, and by what the service asked to wait."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass

from provisioner.package_data import load_facts

_LONGEST_BACKOFF = 30.0
"""Seconds between two tries at most: a service that is well again is noticed soon."""


_BURST_SHARE = 0.1
"""Part of a minute's quota that may be used at once; the rest is spread, and together they stay within the minute."""


@dataclass(frozen=True, slots=True)
class Quotas:
    """Calls and bytes that one rule takes in a minute."""

    calls: float
    bytes: float


def published_quotas() -> Quotas:
    """The quotas that Azure publishes, for a rule that does not tell its own."""
    facts = load_facts("ingestion.yaml")["quotas"]
    return Quotas(facts["requests"], facts["gigabytes"] * 2**30)


class Pacer:
    """Spreads the calls of all threads, behind a first burst; `stop` ends every wait."""

    def __init__(self, quotas: Quotas, stop: threading.Event) -> None:
        spread = 1 - _BURST_SHARE
        self._seconds_per_call = 60 / (quotas.calls * spread)
        self._seconds_per_byte = 60 / (quotas.bytes * spread)
        # How long it takes to save a burst up again.
        self._burst_seconds = 60 * _BURST_SHARE / spread
        self._stop = stop
        self._lock = threading.Lock()
        self._used_until = 0.0
        self._paused_until = 0.0

    def wait_for_slot(self, size: int) -> bool:
        """Wait until a call of so many inflated bytes may be made; False where the run stops instead."""
        with self._lock:
            now = time.monotonic()
            slot = max(now, self._used_until - self._burst_seconds, self._paused_until)
            # The inflated size counts. Source of the quotas: schemas/ingestion.yaml.
            self._used_until = max(now, self._used_until) + max(self._seconds_per_call, size * self._seconds_per_byte)
        return self.wait(slot - now)

    def pause(self, seconds: float) -> None:
        """Let no thread send for a while: the service has refused one call for all of them."""
        with self._lock:
            self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    def wait(self, seconds: float) -> bool:
        """Wait; False where the run stops meanwhile."""
        return not (self._stop.wait(seconds) if seconds > 0 else self._stop.is_set())


def backoff_seconds(attempt: int) -> float:
    """A fifth of a second doubling with each attempt, and up to a third more, so that threads do not retry in step."""
    spread = 1 + random.random() / 3  # noqa: S311 - spread, not secrecy
    return min(_LONGEST_BACKOFF, 0.2 * (1 << min(attempt, 10))) * spread
