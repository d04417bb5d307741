"""Ctrl-C and SIGTERM while changes are under way: stop beginning, finish what has begun; a second one ends at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Interrupt:
    """What was asked for: `asked` is the number of the signal that came, or None."""

    def __init__(self) -> None:
        self.asked: int | None = None
        self._before: dict[int, Any] = {}

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """The handler; the second signal goes to whoever handled it before."""
        if self.asked is None:
            self.asked = number
            return
        before = self._before.get(number)
        if callable(before):
            before(number, frame)
        else:
            raise KeyboardInterrupt

    @contextmanager
    def watching(self) -> Iterator[Interrupt]:
        """Handle both signals within; in another thread than the main one nothing can be handled, nor needs to."""
        if threading.current_thread() is not threading.main_thread():
            yield self
            return
        for number in (int(signal.SIGINT), int(signal.SIGTERM)):
            self._before[number] = signal.signal(number, self)
        try:
            yield self
        finally:
            for number, before in self._before.items():
                signal.signal(number, before)

    def pass_on(self) -> None:
        """Once everything is recorded: let the signal do what it would have done."""
        if self.asked is None:
            return
        before = self._before.get(self.asked)
        if callable(before):
            before(self.asked, None)
        raise KeyboardInterrupt
