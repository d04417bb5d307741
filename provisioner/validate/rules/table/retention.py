"""Retention is 4 to 730 days, or -1 for the workspace's default.

Why: Azure refuses other numbers.
Wrong: `tables: {Orders_CL: {retention: 3, columns: {TimeGenerated: datetime}}}`
Right: `tables: {Orders_CL: {retention: 90, columns: {TimeGenerated: datetime}}}`
Source: https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("TAB004", on=Table)
def retention(table: Table, context: Context) -> Iterator[Diagnostic]:
    limits = load_facts("limits.yaml")["table"]["retention"]
    days = table.retention
    # -1 asks for the default; plans with a fixed retention are TAB007.
    if days is None or days == limits["default"] or table.plan != "analytics":
        return
    if not limits["least"] <= days <= limits["most"]:
        hint = "for a longer time set `total_retention`" if days > limits["most"] else None
        message = f"{days} days of retention; {limits['least']} to {limits['most']}, or -1 for the default, are allowed"
        yield context.error(message, "retention", hint=hint)
