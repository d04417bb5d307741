"""A custom table's name ends in `_CL`.

Why: Azure makes a custom table, and takes rows into it, only under a name with this suffix.
Wrong: `tables: {AppEvents: {columns: {TimeGenerated: datetime}}}`
Right: `tables: {AppEvents_CL: {columns: {TimeGenerated: datetime}}}`
Source: https://learn.microsoft.com/azure/azure-monitor/logs/create-custom-table
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import CUSTOM_SUFFIX, Table
from provisioner.transforms.builtin_tables import is_custom
from provisioner.validate.context import Context
from provisioner.validate.rename_fix import rename_table
from provisioner.validate.rule import rule


@rule("NAM003", on=Table)
def table_suffix(table: Table, context: Context) -> Iterator[Diagnostic]:
    if table.custom or not is_custom(table):
        return
    name = table.name[:-3] if table.name.lower().endswith(CUSTOM_SUFFIX.lower()) else table.name
    right = name + CUSTOM_SUFFIX
    yield context.error(
        f"the custom table {table.name!r} does not end in {CUSTOM_SUFFIX!r}",
        key=True,
        hint=f"call it {right!r}",
        fix=rename_table(context, table.name, right),
    )
