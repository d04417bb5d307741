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
from provisioner.transforms.builtin_tables import is_builtin_table, published_columns
from provisioner.validate.context import Context
from provisioner.validate.rename_column_fix import rename_column_fix
from provisioner.validate.rule import rule


@rule("TAB011", on=Table)
def builtin_column(table: Table, context: Context) -> Iterator[Diagnostic]:
    if not is_builtin_table(table.name) or table.existing:
        return
    suffix = load_facts("names.yaml")["column"]["builtin_suffix"]
    theirs = published_columns(table.name) or {}
    for name in table.columns:
        if name in theirs:
            message = f"{name!r} is a column of {table.name} already; an entry only adds columns"
            yield context.error(message, "columns", name, key=True, hint="remove it")
        elif not name.endswith(suffix):
            # A suffix of another case is replaced, not followed by a second one.
            right = (name[: -len(suffix)] if name.upper().endswith(suffix) else name) + suffix
            message = f"the column {name!r} added to {table.name} does not end in {suffix!r}"
            fix = rename_column_fix(context, table.name, name, right)
            yield context.error(message, "columns", name, key=True, hint=f"call it {right!r}", fix=fix)
