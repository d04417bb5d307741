"""A custom table has a column TimeGenerated of type datetime.

Why: Azure refuses the table without it (MSG 1005: Table missing mandatory "TimeGenerated" column or type).
Wrong: `tables: {Orders_CL: {columns: {OrderId: string}}}`
Right: `tables: {Orders_CL: {columns: {TimeGenerated: datetime, OrderId: string}}}`
Source: https://learn.microsoft.com/azure/azure-monitor/logs/create-custom-table
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.suggest import intended_name
from provisioner.transforms.builtin_tables import is_custom_table
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("TAB001", on=Table)
def time_generated(table: Table, context: Context) -> Iterator[Diagnostic]:
    if not is_custom_table(table) or (table.existing and not table.columns):
        return
    if context.is_broken(*context.path, "columns", "TimeGenerated"):
        return  # loading has reported it
    type_ = table.columns.get("TimeGenerated")
    if type_ is None:
        # A near spelling is more likely a mistake than another column: adding TimeGenerated beside it would hide that.
        alike = next((name for name in table.columns if intended_name(name, ["TimeGenerated"])), None)
        yield context.error(
            f"the table {table.name!r} has no column TimeGenerated",
            "columns",
            key=True,
            hint=f"{alike!r} is spelled otherwise" if alike else "add `TimeGenerated: datetime`",
            fix=context.add("add TimeGenerated", "TimeGenerated", "datetime", "columns")
            if table.columns and not alike
            else None,
        )
    elif type_ != "datetime":
        fix = context.change("make it a datetime", "datetime", "columns", "TimeGenerated")
        message = f"TimeGenerated of the table {table.name!r} is {type_}; it must be datetime"
        yield context.error(message, "columns", "TimeGenerated", fix=fix)
