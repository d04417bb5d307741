"""Workflow commands of GitHub Actions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from provisioner.reports.annotations import Annotation, escape_message
from provisioner.reports.report_format import report_format

if TYPE_CHECKING:
    from provisioner.diagnostics import Place

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


# Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
@report_format("github", view="annotations", position=6)
def github_format(annotations: Iterable[Annotation]) -> str:
    """Workflow commands of GitHub Actions, which annotate the changed files."""
    lines = []
    for annotation in annotations:
        properties = f"{_position(annotation.position)}title={_escape_property(annotation.title)}"
        lines.append(f"::{_LEVELS[annotation.severity]} {properties}::{escape_message(annotation.message)}\n")
    return "".join(lines)


def _position(position: Place | None) -> str:
    if position is None:
        return ""
    end = f"endLine={position.end_line},endColumn={position.end_column},"
    return f"file={_escape_property(position.file)},line={position.line},col={position.column},{end}"


def _escape_property(text: str) -> str:
    return escape_message(text).replace(":", "%3A").replace(",", "%2C")
