"""Findings as the lines that a pipeline's log turns into annotations of the changed files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provisioner.diagnostics import Diagnostic, Place, Severity


@dataclass(frozen=True, slots=True)
class Annotation:
    """One remark: how bad, where, its title and its words."""

    severity: Severity
    place: Place | None
    title: str
    message: str


def of_findings(diagnostics: Iterable[Diagnostic]) -> Iterable[Annotation]:
    """One for each diagnostic, with its hint."""
    for each in diagnostics:
        yield Annotation(each.severity, each.place, each.code, each.message + (f" ({each.hint})" if each.hint else ""))


def github(annotations: Iterable[Annotation]) -> str:
    """Workflow commands. Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions."""
    levels = {"error": "error", "warning": "warning", "info": "notice"}
    return "".join(
        f"::{levels[each.severity]} {_github_place(each.place)}title={_property(each.title)}::{_data(each.message)}\n"
        for each in annotations
    )


def azure(annotations: Iterable[Annotation]) -> str:
    """Logging commands of Azure Pipelines, which know errors and warnings only.

    Source: https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands.
    """
    lines = []
    for each in annotations:
        level = "error" if each.severity == "error" else "warning"
        if each.severity != "info":
            place = _azure_place(each.place)
            lines.append(f"##vso[task.logissue type={level};{place}code={_value(each.title)}]{_data(each.message)}\n")
    return "".join(lines)


FORMS: Mapping[str, Callable[[Iterable[Annotation]], str]] = {"github": github, "azure": azure}
"""The formats by the names that `--format` takes."""


def _github_place(place: Place | None) -> str:
    if place is None:
        return ""
    ends = f"endLine={place.end_line},endColumn={place.end_column},"
    return f"file={_property(place.file)},line={place.line},col={place.column},{ends}"


def _azure_place(place: Place | None) -> str:
    if place is None:
        return ""
    return f"sourcepath={_value(place.file)};linenumber={place.line};columnnumber={place.column};"


def _value(text: str) -> str:
    return _data(text).replace(";", "%3B").replace("]", "%5D")


def _data(text: str) -> str:
    """Text in which no line break ends the command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
