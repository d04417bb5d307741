"""A column's name starts with a letter of ASCII and goes on with letters, digits and `_`.

Why: Azure refuses the table. The page of 2022 allowed `-` too; today's forbids it.
Wrong: `tables: {Orders_CL: {columns: {TimeGenerated: datetime, order-id: string}}}`
Right: `tables: {Orders_CL: {columns: {TimeGenerated: datetime, order_id: string}}}`
Source: https://learn.microsoft.com/azure/azure-monitor/logs/create-custom-table
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.model.reserved_columns import reserved_columns
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.name_matching import compiled_pattern
from provisioner.validate.rule import rule


@rule("NAM011", on=Table)
def column_name(table: Table, context: Context) -> Iterator[Diagnostic]:
    facts = load_facts("names.yaml")["column"]
    allowed = compiled_pattern(facts["pattern"]).fullmatch
    for name in table.columns:
        # A reserved name is NAM013.
        if not allowed(name) and name not in reserved_columns():
            hint = "start with A-Z or a-z, then letters, digits and '_'"
            if "-" in name:
                hint += "; the page of 2022 allowed '-', today's does not"
            yield context.error(f"a column may not be called {name!r}", "columns", name, key=True, hint=hint)
