"""Output: data goes to stdout, everything else to stderr; progress is live on a terminal, else plain or JSON lines."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import click

from provisioner.cli.output_encoding import write_for_programs
from provisioner.cli.progress_lines import write_event
from provisioner.operating_system import is_terminal
from provisioner.progress import Progress, ProgressEvent
from provisioner.reports.report_format import DrawChanges, FindPlace, ReportOptions
from provisioner.text import escape_for_terminal, escape_invisible, escape_line

if TYPE_CHECKING:
    from provisioner.errors import ProvisionerError

_MARKS = {"done": ("✓", "green"), "failed": ("✗", "red"), "wait": ("…", "yellow"), "start": ("·", "blue")}


@dataclass
class Console:
    """Verbosity, colour and format of the output; one for the process, set by the options.

    With `json_events` all that goes to stderr is one JSON object a line.
    """

    quiet: bool = False
    verbose: int = 0
    color: bool = True
    format_name: str = "text"
    json_events: bool = False

    _current: ClassVar[Console | None] = None

    @classmethod
    def current(cls) -> Console:
        """The process's console; a default one where the options have not been read yet."""
        if cls._current is None:
            cls._current = cls(color=use_color(no_color=False))
        return cls._current

    @classmethod
    def use(cls, console: Console) -> Console:
        """Make this the process's console."""
        cls._current = console
        return console

    def data(self, text: str) -> None:
        """Print the command's result to stdout: as text for people, or in a format that programs read."""
        if self.format_name == "text":
            shown = escape_for_terminal(text, color=self.color and is_terminal(sys.stdout))
            click.echo(shown, nl=not text.endswith("\n"), color=True)
        else:
            self.document(text)

    def document(self, text: str) -> None:
        """Print a text that programs read to stdout, as UTF-8 whatever the terminal's encoding is."""
        write_for_programs(escape_invisible(text if text.endswith("\n") else f"{text}\n"))

    def report_options(
        self,
        *,
        find_place: FindPlace | None = None,
        strict: bool = False,
        command: str | None = None,
        draw_changes: DrawChanges | None = None,
    ) -> ReportOptions:
        """The options of a report to stdout: in colours where that is a terminal."""
        return ReportOptions(
            color=self.color and is_terminal(sys.stdout),
            verbose=bool(self.verbose),
            strict=strict,
            find_place=find_place,
            command=command,
            draw_changes=draw_changes,
        )

    def note(self, text: str) -> None:
        """Print information to stderr; silent with `-q`."""
        if not self.quiet:
            self.notice(text)

    def notice(self, text: str) -> None:
        """Print to stderr, also with `-q`."""
        if self.json_events:
            write_event("note", message=text.strip())
            return
        # `color` is false where stderr is no terminal: what is no style of ours comes from a manifest or from Azure.
        click.echo(escape_for_terminal(text, color=self.color), err=True, color=True)

    def style(self, text: str, color: str | None = None, *, bold: bool = False, dim: bool = False) -> str:
        """The text with a colour, or unchanged where colours are off."""
        return click.style(text, fg=color, bold=bold or None, dim=dim or None) if self.color else text

    def heading(self, text: str) -> None:
        """Print the name of a stage to stderr; silent with `-q`."""
        self.note(self.style(text, bold=True))

    def error(self, error: ProvisionerError) -> None:
        """Print an error with its code, target, request id, details and hint to stderr."""
        if self.json_events:
            from provisioner.apply.outcome import error_json

            write_event("error", **(error_json(error) or {}))
            return
        self.notice(f"{self.style('error:', 'red', bold=True)} {error.message}")
        # Only CloudErrors have these and `details`.
        for label in ("code", "target", "request_id"):
            value = getattr(error, label, None)
            if value:
                self.notice(f"  {label.replace('_', ' ')}: {value}")
        for code, message, target in getattr(error, "details", ()):
            self.notice(f"  - {code}: {message}" + (f" ({target})" if target else ""))
        if error.hint:
            self.notice(f"  {self.style('next:', 'cyan')} {error.hint}")

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Yield a progress listener: spinners on a terminal, a line an event elsewhere, nothing with `-q`.

        With `json_events` each event is a JSON object, with `-q` too.
        """
        if self.json_events:
            yield lambda event: write_event(event.kind, subject=event.subject, message=event.message or None)
        elif self.quiet:
            yield lambda _: None
        elif is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb":
            # Imported late: offline commands must not pay for the import of rich.
            from provisioner.cli.live_progress import live_progress

            with live_progress(color=self.color) as listener:
                yield listener
        else:
            yield self._line

    def _line(self, event: ProgressEvent) -> None:
        # A log needs a line a change, not two; starts are of interest where a run seems to hang.
        if event.kind == "start" and not self.verbose:
            return
        mark, color = _MARKS[event.kind]
        text = f"  {self.style(mark, color)} {escape_line(event.subject)}"
        self.notice(f"{text}  {escape_line(event.message)}" if event.message else text)


def use_color(*, no_color: bool) -> bool:
    """Whether to use colours: stderr is a terminal, and neither `no_color` nor NO_COLOR forbids them."""
    # NO_COLOR: https://no-color.org, any value but an empty one counts.
    refused = no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not refused and is_terminal(sys.stderr)
