"""The emulator's clock: real time, shifted or stopped on request."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(slots=True)
class Clock:
    """Seconds since 1970 as this emulator sees them."""

    shift: float = 0.0
    stopped: float | None = None

    def now(self) -> float:
        """The present, in seconds."""
        return self.stopped if self.stopped is not None else time.time() + self.shift

    def set(self, instant: datetime, *, stop: bool = False) -> None:
        """Let it be `instant` now; `stop` holds it there."""
        self.stopped = instant.timestamp() if stop else None
        self.shift = instant.timestamp() - time.time()

    def text(self) -> str:
        """The present as ISO 8601 with seven digits, as Azure prints it."""
        return iso(self.now())


def iso(seconds: float) -> str:
    """An instant as ISO 8601 with seven digits."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"
