"""Progress on a terminal: a spinner for each piece of work under way, finished work above them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console as Terminal
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from provisioner.progress import Progress, ProgressEvent
from provisioner.text import escape_line

_MARKS = {"done": ("✓", "green"), "failed": ("✗", "red")}


@contextmanager
def live_progress(*, color: bool) -> Iterator[Progress]:
    """Yield a progress listener that keeps a spinner for each subject under way."""
    terminal = Terminal(stderr=True, no_color=not color, highlight=False)
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Bars(*columns, console=terminal, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def listen(event: ProgressEvent) -> None:
            text = escape_line(f"{event.subject}  {event.message}" if event.message else event.subject)
            if event.kind in _MARKS:
                if event.subject in tasks:
                    bars.remove_task(tasks.pop(event.subject))
                mark, style = _MARKS[event.kind]
                terminal.print(Text("  ").append(mark, style=style).append(f" {text}"))
            elif event.subject in tasks:
                bars.update(tasks[event.subject], description=text)
            else:
                tasks[event.subject] = bars.add_task(text, total=None)

        yield listen
