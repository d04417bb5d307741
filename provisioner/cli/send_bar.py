"""The progress bar of a send on a terminal: rows, bytes, rate, time left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console as Terminal
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from provisioner.send.send_options import SendProgress


@contextmanager
def send_bar(*, color: bool) -> Iterator[Callable[[SendProgress], None]]:
    """Yield a listener that draws the bar; it is taken away at the end."""
    terminal = Terminal(stderr=True, no_color=not color, highlight=False)
    columns = (
        TextColumn("{task.fields[rows]}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[reason]}", markup=False),
    )
    with Progress(*columns, console=terminal, transient=True) as bar:
        task = bar.add_task("send", total=None, rows="0 rows", rate="", reason="")

        def listen(progress: SendProgress) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            rate = progress.sent / elapsed if elapsed else 0.0
            dead = f" · {progress.dead:,} dead" if progress.dead else ""
            bar.update(
                task,
                # The share of the bytes: how many rows there are is not known before the end.
                total=None if progress.share is None else 1.0,
                completed=progress.share or 0.0,
                rows=f"{progress.sent:,} rows · {progress.bytes / 1e6:,.1f} MB{dead}",
                rate=f"{rate:,.0f} rows/s",
                reason=progress.wait_text,
            )

        yield listen
