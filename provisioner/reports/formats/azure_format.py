"""Logging commands of Azure Pipelines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from provisioner.reports.annotations import Annotation, escape_message
from provisioner.reports.report_format import report_format

if TYPE_CHECKING:
    from provisioner.diagnostics import Place


# Source: https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
@report_format("azure", view="annotations", position=7)
def azure_format(annotations: Iterable[Annotation]) -> str:
    """Logging commands of Azure Pipelines; it knows errors and warnings only, so infos are left out."""
    lines = []
    for annotation in annotations:
        if annotation.severity != "info":
            level = "error" if annotation.severity == "error" else "warning"
            properties = f"type={level};{_position(annotation.position)}code={_escape_property(annotation.title)}"
            lines.append(f"##vso[task.logissue {properties}]{escape_message(annotation.message)}\n")
    return "".join(lines)


def _position(position: Place | None) -> str:
    if position is None:
        return ""
    file = _escape_property(position.file)
    return f"sourcepath={file};linenumber={position.line};columnnumber={position.column};"


def _escape_property(text: str) -> str:
    return escape_message(text).replace(";", "%3B").replace("]", "%5D")
