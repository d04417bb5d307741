"""Waits that end at once when the run is told to stop, and the growing delays between attempts."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from provisioner.errors import ProvisionerError

_FIRST_DELAY, _MAX_DELAY = 1.0, 30.0


class Stopped(ProvisionerError):
    """The run was told to stop."""


class InterruptibleWaits:
    """Shared by all threads of a run; `stop` ends every wait, with Stopped."""

    # Not time.sleep: Ctrl-C reaches the main thread alone, and these waits are in others.
    def __init__(self, stop: threading.Event) -> None:
        self.stop = stop

    @staticmethod
    def clock() -> float:
        """Seconds of a clock that only runs forward."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Wait. Raises Stopped as soon as the run is told to stop."""
        if self.stop.wait(seconds):
            raise Stopped("the run was interrupted")

    def attempts(self, minutes: float) -> Iterator[bool]:
        """Yield at growing intervals whether it is the last time: another one would come after so many minutes."""
        deadline, delay = self.clock() + 60 * minutes, _FIRST_DELAY
        while self.clock() + delay <= deadline:
            yield False
            self.wait(delay)
            delay = min(delay * 2, _MAX_DELAY)
        yield True
