"""Markdown for issues and pull requests."""

from __future__ import annotations

from provisioner.reports.report_format import report_format


@report_format("markdown", view="markdown", position=3)
def markdown_format(text: str) -> str:
    """Markdown for an issue, a pull request or a step summary."""
    return text
