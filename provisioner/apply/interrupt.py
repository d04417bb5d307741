"""Signals to stop during an apply: the first begins no further change, the second ends the program at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from provisioner.operating_system import STOP_SIGNALS


class Interrupt:
    """A signal handler that records the first signal: `signal_number` is its number, or None.

    `on_first` is called with it, to end waits in other threads.
    """

    def __init__(self, on_first: Callable[[], None] = lambda: None) -> None:
        self.signal_number: int | None = None
        self.on_first = on_first
        self._previous_handlers: dict[int, Any] = {}

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Record the first signal; a second one goes to the handler that was set before this one."""
        if self.signal_number is None:
            self.signal_number = number
            self.on_first()
            return
        # The command line has set a handler for SIGTERM; SIG_DFL and SIG_IGN are not callable.
        before = self._previous_handlers.get(number)
        if callable(before):
            before(number, frame)
        else:
            raise KeyboardInterrupt

    @contextmanager
    def handling_signals(self) -> Iterator[Interrupt]:
        """Handle the signals within the block."""
        # Python delivers signals to the main thread only, and lets only that one set handlers.
        if threading.current_thread() is not threading.main_thread():
            yield self
            return
        for number in (signal.SIGINT, *STOP_SIGNALS):
            self._previous_handlers[number] = signal.signal(number, self)
        try:
            yield self
        finally:
            for number, before in self._previous_handlers.items():
                signal.signal(number, before)

    def deliver(self) -> None:
        """Do what the recorded signal would have done: call the earlier handler, then raise KeyboardInterrupt."""
        if self.signal_number is None:
            return
        before = self._previous_handlers.get(self.signal_number)
        if callable(before):
            before(self.signal_number, None)
        raise KeyboardInterrupt
