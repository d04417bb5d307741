"""A column added to one of Azure's tables ends in `_CF`.

Why: Azure refuses other names, so that its own new columns never collide with yours.
Wrong: `tables: {CommonSecurityLog: {columns: {Tenant: string}}}`
Right: `tables: {CommonSecurityLog: {columns: {Tenant_CF: string}}}`
Source: https://learn.microsoft.com/azure/azure-monitor/logs/create-custom-table
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.package_data import load_facts
from provisioner.transforms.builtin_tables import builtin, is_builtin
from provisioner.validate.context import Context
from provisioner.validate.rename_column_fix import rename_column
from provisioner.validate.rule import rule


@rule("TAB011", on=Table)
def builtin_column(table: Table, context: Context) -> Iterator[Diagnostic]:
    if not is_builtin(table.name) or table.existing:
        return
    suffix = load_facts("names.yaml")["column"]["builtin_suffix"]
    theirs = (builtin(table.name) or {}).get("columns") or {}
    for name in table.columns:
        if name in theirs:
            message = f"{name!r} is a column of {table.name} already; an entry only adds columns"
            yield context.error(message, "columns", name, key=True, hint="remove it")
        elif not name.endswith(suffix):
            right = (name[: -len(suffix)] if name.upper().endswith(suffix) else name) + suffix
            message = f"the column {name!r} added to {table.name} does not end in {suffix!r}"
            mend = rename_column(context, table.name, name, right)
            yield context.error(message, "columns", name, key=True, hint=f"call it {right!r}", fix=mend)
