"""Where words go: data to stdout, everything else to stderr, live on a terminal and as plain lines in a pipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import click

from provisioner.progress import Progress, ProgressEvent

if TYPE_CHECKING:
    from provisioner.errors import ProvisionerError

_MARKS = {"done": ("✓", "green"), "failed": ("✗", "red"), "wait": ("…", "yellow"), "start": ("·", "blue")}


@dataclass
class Console:
    """How much is said, whether in colour and in which format; one for the process, set by the options."""

    quiet: bool = False
    verbose: int = 0
    color: bool = True
    form: str = "text"

    _current: ClassVar[Console | None] = None

    @classmethod
    def current(cls) -> Console:
        """The one that the options made, or a plain one where none were read yet."""
        if cls._current is None:
            cls._current = cls(color=colored(no_color=False))
        return cls._current

    @classmethod
    def use(cls, console: Console) -> Console:
        """Make this one the process's."""
        cls._current = console
        return console

    def data(self, text: str) -> None:
        """What the command was asked for; its colours stay behind where stdout is no terminal, as in `up | tee log`."""
        click.echo(text, nl=not text.endswith("\n"))

    def note(self, text: str) -> None:
        """What a person wants to know besides; silent with `-q`."""
        if not self.quiet:
            click.echo(text, err=True, color=self.color or None)

    def say(self, text: str) -> None:
        """What must be told beside the data, also with `-q`."""
        click.echo(text, err=True, color=self.color or None)

    def style(self, text: str, color: str | None = None, *, bold: bool = False, dim: bool = False) -> str:
        """The text in a colour, or as it is."""
        return click.style(text, fg=color, bold=bold or None, dim=dim or None) if self.color else text

    def heading(self, text: str) -> None:
        """The name of a stage."""
        self.note(self.style(text, bold=True))

    def error(self, error: ProvisionerError) -> None:
        """What happened, to what, and what to do next."""
        click.echo(f"{self.style('error:', 'red', bold=True)} {error.message}", err=True, color=self.color or None)
        for label in ("code", "target", "request_id"):
            value = getattr(error, label, None)
            if value:
                click.echo(f"  {label.replace('_', ' ')}: {value}", err=True)
        for code, message, target in getattr(error, "details", ()):
            click.echo(f"  - {code}: {message}" + (f" ({target})" if target else ""), err=True)
        if error.hint:
            click.echo(f"  {self.style('next:', 'cyan')} {error.hint}", err=True, color=self.color or None)

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """A listener for long work: a live block on a terminal, a line an event in a pipe."""
        if self.quiet:
            yield lambda _: None
        elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            from provisioner.cli.live_progress import live

            with live(color=self.color) as listener:
                yield listener
        else:
            yield self._line

    def _line(self, event: ProgressEvent) -> None:
        if event.kind == "start" and not self.verbose:
            return
        mark, color = _MARKS[event.kind]
        text = f"  {self.style(mark, color)} {event.subject}"
        click.echo(f"{text}  {event.message}" if event.message else text, err=True, color=self.color or None)


def colored(*, no_color: bool) -> bool:
    """Colour unless refused by flag, by NO_COLOR (https://no-color.org), or because nobody looks."""
    refused = no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not refused and sys.stderr.isatty()
