"""How far a send is: a bar on a terminal, now and then a line in a pipe, JSON lines for programs."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from provisioner.cli.console import Console
from provisioner.operating_system import is_terminal

if TYPE_CHECKING:
    from provisioner.send.send_options import SendProgress

Listener = Callable[["SendProgress"], None]
# A log that people read wants few lines, a program that draws its own bar a steady flow.
_SECONDS_BETWEEN_LINES = 10.0
_SECONDS_BETWEEN_EVENTS = 1.0


@contextmanager
def send_progress(console: Console, form: str) -> Iterator[Listener]:
    """Yield a listener for the progress of a send; `form` is auto, json or none."""
    if form == "json":
        yield _Throttled(
            lambda progress, seconds: console.notice(_json_line(progress, seconds)), _SECONDS_BETWEEN_EVENTS
        )
    elif form == "none" or console.quiet:
        yield lambda _: None
    elif is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb":
        # Imported late: only a terminal pays for the import of rich.
        from provisioner.cli.send_bar import send_bar

        with send_bar(color=console.color) as listener:
            yield listener
    else:
        yield _Throttled(lambda progress, seconds: console.note(_text_line(progress, seconds)), _SECONDS_BETWEEN_LINES)


class _Throttled:
    """Passes an event on at most every so many seconds; one that says why it waits, at once if the reason is new."""

    def __init__(self, write: Callable[[SendProgress, float], None], interval: float) -> None:
        self._write = write
        self._interval = interval
        self._started = self._last = time.monotonic()
        self._last_reason = ""

    def __call__(self, progress: SendProgress) -> None:
        now = time.monotonic()
        reason = progress.reason
        if now - self._last < self._interval and (not reason or reason == self._last_reason):
            return
        self._last, self._last_reason = now, reason or self._last_reason
        self._write(progress, now - self._started)


def _seconds_left(progress: SendProgress, seconds: float) -> float | None:
    share = progress.share
    return seconds * (1 - share) / share if share else None


def _text_line(progress: SendProgress, seconds: float) -> str:
    rate = progress.sent / seconds if seconds > 0 else 0.0
    left = _seconds_left(progress, seconds)
    parts = [f"{progress.sent:,} rows sent", f"{progress.bytes / 1e6:,.1f} MB read", f"{rate:,.0f} rows/s"]
    parts += [f"{progress.dead:,} dead"] if progress.dead else []
    parts += [f"{left:.0f} s left"] if left is not None else []
    parts += [progress.wait_text] if progress.reason else []
    return f"  {' · '.join(parts)}"


def _json_line(progress: SendProgress, seconds: float) -> str:
    left = _seconds_left(progress, seconds)
    return json.dumps(
        {
            "event": "send",
            "read": progress.read,
            "sent": progress.sent,
            "dead": progress.dead,
            "bytes": progress.bytes,
            "rows_per_second": round(progress.sent / seconds, 1) if seconds > 0 else None,
            "seconds_left": None if left is None else round(left, 1),
            "reason": progress.reason or None,
            "retry_in": round(progress.retry_in, 1) or None,
        }
    )
