"""The emulator's clock: real time, shifted or stopped by the fault `clock`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(slots=True)
class Clock:
    """Seconds since 1970: real ones and `shift`, or `stopped` where the clock stands still."""

    shift: float = 0.0
    stopped: float | None = None

    def now(self) -> float:
        """The present, in seconds."""
        return self.stopped if self.stopped is not None else time.time() + self.shift

    def set(self, instant: datetime, *, stop: bool = False) -> None:
        """Let it be `instant` now; with `stop` it stays that."""
        self.stopped = instant.timestamp() if stop else None
        self.shift = instant.timestamp() - time.time()

    def iso_now(self) -> str:
        """The present as ISO 8601 with seven digits of the second, as Azure prints it."""
        return to_iso(self.now())


def to_iso(seconds: float) -> str:
    """Seconds since 1970 as ISO 8601 with seven digits of the second: texts that sort as their instants do."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"
