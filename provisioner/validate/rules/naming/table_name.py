"""A table's name has 4 to 63 letters, digits, `_` or `-`, the suffix counted.

Why: Azure refuses the table.
Wrong: `tables: {Web.Orders_CL: {columns: {TimeGenerated: datetime}}}`
Right: `tables: {WebOrders_CL: {columns: {TimeGenerated: datetime}}}`
Source: https://learn.microsoft.com/azure/templates/microsoft.operationalinsights/workspaces/tables
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.package_data import load_facts
from provisioner.transforms.builtin_tables import is_custom_table
from provisioner.validate.context import Context
from provisioner.validate.name_matching import matches_pattern
from provisioner.validate.rule import rule


@rule("NAM004", on=Table)
def table_name(table: Table, context: Context) -> Iterator[Diagnostic]:
    # Azure's own tables are checked by name: TAB009.
    if not is_custom_table(table):
        return
    facts = load_facts("names.yaml")["table"]
    least, most = facts["length"]
    if not least <= len(table.name) <= most:
        message = f"the table's name {table.name!r} has {len(table.name)} characters; {least} to {most} are allowed"
        yield context.error(message, key=True)
    elif not matches_pattern(table.name, facts["pattern"]):
        message = f"the table's name {table.name!r} holds a character that Azure refuses"
        yield context.error(message, key=True, hint="letters of ASCII, digits, '_' and '-' are allowed")
