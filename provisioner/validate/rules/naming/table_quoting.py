"""A table's name starts with a letter and has no hyphen.

Why: the published pattern allows both, but every query must then write the name as `['2-Orders_CL']`; tools of
others refuse such names, and no page of Azure's says whether custom tables may bear them.
Wrong: `tables: {web-orders_CL: {columns: {TimeGenerated: datetime}}}`
Right: `tables: {web_orders_CL: {columns: {TimeGenerated: datetime}}}`
Source: https://learn.microsoft.com/azure/templates/microsoft.operationalinsights/workspaces/tables
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.name_matching import matches_pattern
from provisioner.validate.rule import rule


@rule("NAM005", on=Table, severity="warning")
def table_quoting(table: Table, context: Context) -> Iterator[Diagnostic]:
    allowed = matches_pattern(table.name, load_facts("names.yaml")["table"]["pattern"])
    if allowed and not matches_pattern(table.name, "[A-Za-z_][A-Za-z0-9_]*"):
        yield context.warning(
            f"the table's name {table.name!r} must be quoted in every query, and no page says that Azure takes it",
            key=True,
            hint="start with a letter and use '_' for '-'",
        )
