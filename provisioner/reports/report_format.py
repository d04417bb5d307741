"""A format of reports: what it needs to see of a result, and how it writes that as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from provisioner.diagnostics import Place

T = TypeVar("T")
Written = str | Mapping[str, str]
"""What a format gives: a text, or the texts of files by name."""
FindPlace = Callable[[tuple[str | int, ...]], Place | None]
DrawChanges = Callable[[Mapping[str, str]], str | None]
"""The file and line of a path of the manifest; None where they are not known."""


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """How a report is wanted: with colours, in detail, with warnings as failures, with positions in the manifest.

    `command` is the command line that would carry the result out. `draw_changes` draws the parts of the pipeline with
    the ids that it is given, each with what happens to it, as Mermaid; None where that is too much to see.
    """

    color: bool = False
    verbose: bool = False
    strict: bool = False
    find_place: FindPlace | None = None
    command: str | None = None
    draw_changes: DrawChanges | None = None


DEFAULT_OPTIONS = ReportOptions()
View = Callable[[T, ReportOptions], Any]
Views = Mapping[str, View[T]]
"""What formats see of a command's result, by the names that they ask for: `text`, `data`, `markdown`, `document`,
`diagnostics`, `annotations`, `junit_suite`, `resources`, `page`. A result has those that make sense for it."""


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """A format by the name that `--format` takes, with the view that it writes."""

    name: str
    view: str
    position: int
    """Where its name stands among the choices; those of one position are sorted by name."""
    write: Callable[[Any], Written]

    @property
    def description(self) -> str:
        """What it is, in a line of documentation."""
        return (self.write.__doc__ or "").strip().splitlines()[0]


def report_format(name: str, view: str, position: int = 100) -> Callable[[Callable[[Any], Written]], ReportFormat]:
    """Decorate a function that writes a view as a format. Its docstring's first line is the format's documentation."""

    def decorate(write: Callable[[Any], Written]) -> ReportFormat:
        return ReportFormat(name, view, position, write)

    return decorate
