"""Remarks as pipelines show them beside the changed files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provisioner.diagnostics import Place, Severity


@dataclass(frozen=True, slots=True)
class Annotation:
    """One remark: how bad, where, its title and its message."""

    severity: Severity
    position: Place | None
    title: str
    message: str


def escape_message(text: str) -> str:
    """Text in which no line break ends the command of a pipeline's log."""
    # The percent sign first: it begins the escapes of the others.
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
