"""A table has 500 columns at most.

Why: Azure refuses more.
Source: https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits#log-analytics-workspaces
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("TAB002", on=Table)
def column_count(table: Table, context: Context) -> Iterator[Diagnostic]:
    most = load_facts("limits.yaml")["table"]["columns"]["most"]
    if len(table.columns) > most:
        message = f"the table {table.name!r} has {len(table.columns)} columns; {most} are the most"
        yield context.error(message, "columns", key=True)
