"""YAML, for commands whose result is a manifest."""

from __future__ import annotations

from provisioner.reports.report_format import report_format


@report_format("yaml", view="yaml", position=8)
def yaml_format(text: str) -> str:
    """YAML: a manifest with its comments."""
    return text
