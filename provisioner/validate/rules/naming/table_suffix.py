"""A custom table's name ends in `_CL`.

Why: Azure makes a custom table, and takes rows into it, only under a name with this suffix.
Wrong: `tables: {ShopEvents: {columns: {TimeGenerated: datetime}}}`
Right: `tables: {ShopEvents_CL: {columns: {TimeGenerated: datetime}}}`
Source: https://learn.microsoft.com/azure/azure-monitor/logs/create-custom-table
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import CUSTOM_SUFFIX, Table
from provisioner.transforms.builtin_tables import is_custom_table
from provisioner.validate.context import Context
from provisioner.validate.rename_fix import rename_table_fix
from provisioner.validate.rule import rule


@rule("NAM003", on=Table)
def table_suffix(table: Table, context: Context) -> Iterator[Diagnostic]:
    if table.custom or not is_custom_table(table):
        return
    # A suffix of another case is replaced, not followed by a second one.
    name = table.name[:-3] if table.name.lower().endswith(CUSTOM_SUFFIX.lower()) else table.name
    right = name + CUSTOM_SUFFIX
    yield context.error(
        f"the custom table {table.name!r} does not end in {CUSTOM_SUFFIX!r}",
        key=True,
        hint=f"call it {right!r}",
        fix=rename_table_fix(context, table.name, right),
    )
