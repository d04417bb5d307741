"""Signals to the test's own process."""

from __future__ import annotations

import os
import signal
import sys


def signal_self(number: int) -> None:
    """Send a signal to this process, whose main thread handles it; from any thread."""
    if sys.platform == "win32":
        signal.raise_signal(number)  # there os.kill ends the process
    else:
        os.kill(os.getpid(), number)
