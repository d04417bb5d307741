"""A workspace has 500 custom tables at most.

Why: Azure refuses more, unless its support has raised the limit: a warning.
Source: https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits#log-analytics-workspaces
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("TAB003", on=Manifest, severity="warning")
def table_count(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    most = load_facts("limits.yaml")["workspace"]["tables"]["most"]
    count = sum(table.custom for table in manifest.tables.values())
    if count > most:
        message = f"{count} custom tables; a workspace takes {most} unless Azure support has raised the limit"
        yield context.warning(message, "tables", key=True)
