"""Two columns of a table differ by more than case.

Why: in a table of plan auxiliary the data is dropped without a word; in the others the names are legal, and easily
mistaken for each other in queries.
Wrong: `tables: {Orders_CL: {plan: auxiliary, columns: {TimeGenerated: datetime, Order: string, order: string}}}`
Right: `tables: {Orders_CL: {plan: auxiliary, columns: {TimeGenerated: datetime, Order: string, OrderId: string}}}`
Source: https://learn.microsoft.com/azure/azure-monitor/logs/create-custom-table
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.validate.context import Context
from provisioner.validate.name_matching import case_duplicates
from provisioner.validate.rule import rule


@rule("NAM014", on=Table)
def column_case(table: Table, context: Context) -> Iterator[Diagnostic]:
    for first, second in case_duplicates(table.columns):
        message = f"the columns {first!r} and {second!r} differ only by case"
        if table.plan == "auxiliary":
            yield context.error(f"{message}: Azure drops the table's data", "columns", second, key=True)
        else:
            yield context.info(message, "columns", second, key=True)
