"""Total retention is 4 to 730 days, or one of the whole years that Azure offers up to 4383.

Why: Azure refuses other numbers. Older tools end at 2556; today's page goes to twelve years.
Wrong: `tables: {Orders_CL: {total_retention: 1000, columns: {TimeGenerated: datetime}}}`
Right: `tables: {Orders_CL: {total_retention: 1095, columns: {TimeGenerated: datetime}}}`
Source: https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.name_matching import join_with_and
from provisioner.validate.rule import rule


@rule("TAB005", on=Table)
def total_retention(table: Table, context: Context) -> Iterator[Diagnostic]:
    limits = load_facts("limits.yaml")["table"]["total_retention"]
    days = table.total_retention
    if (
        days is None
        or days == limits["default"]
        or limits["least"] <= days <= limits["most"]
        or days in limits["years"]
    ):
        return
    nearest = min((limits["least"], limits["most"], *limits["years"]), key=lambda allowed: abs(allowed - days))
    yield context.error(
        f"{days} days of total retention are not offered; {nearest} are",
        "total_retention",
        hint=f"{limits['least']} to {limits['most']}, or {join_with_and(map(str, limits['years']))}",
    )
