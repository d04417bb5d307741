"""Retention is not set in a table of plan basic or auxiliary.

Why: both keep rows for 30 days; only the total can be chosen, and Azure refuses the property.
Wrong: `tables: {Orders_CL: {plan: basic, retention: 90, columns: {TimeGenerated: datetime}}}`
Right: `tables: {Orders_CL: {plan: basic, total_retention: 90, columns: {TimeGenerated: datetime}}}`
Source: https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("TAB007", on=Table)
def retention_plan(table: Table, context: Context) -> Iterator[Diagnostic]:
    fixed = load_facts("limits.yaml")["table"]["fixed_retention"]
    if table.plan in fixed["plans"] and table.retention is not None:
        message = f"a table of plan {table.plan} keeps rows for {fixed['days']} days; its retention cannot be set"
        yield context.error(message, "retention", hint="set `total_retention` instead")
