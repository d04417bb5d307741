"""Total retention is not shorter than retention.

Why: the total counts from the same day; Azure refuses a table that keeps rows longer than in total.
Wrong: `tables: {Orders_CL: {retention: 180, total_retention: 90, columns: {TimeGenerated: datetime}}}`
Right: `tables: {Orders_CL: {retention: 90, total_retention: 180, columns: {TimeGenerated: datetime}}}`
Source: https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("TAB006", on=Table)
def retention_order(table: Table, context: Context) -> Iterator[Diagnostic]:
    fixed = load_facts("limits.yaml")["table"]["fixed_retention"]
    days = fixed["days"] if table.plan in fixed["plans"] else table.retention
    total = table.total_retention
    # -1 asks for the default, whose days are not known offline.
    if days is not None and total is not None and 0 < total < days:
        what = f"plan {table.plan} keeps rows" if table.plan in fixed["plans"] else "retention is"
        yield context.error(f"{what} {days} days, total retention only {total}", "total_retention")
