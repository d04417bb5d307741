"""Text for a terminal."""

from __future__ import annotations

from provisioner.reports.report_format import report_format


@report_format("text", view="text", position=1)
def text_format(text: str) -> str:
    """Text for people, on a terminal in colours."""
    return text
