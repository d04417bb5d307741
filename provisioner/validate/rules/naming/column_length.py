"""A column's name has 2 to 45 characters.

Why: Azure refuses longer names. One page also asks for two characters at least and the others do not, so a single
character is a warning.
Wrong: `tables: {Orders_CL: {columns: {TimeGenerated: datetime, TheNumberUnderWhichTheCustomerKnowsTheOrderToday: string}}}`
Right: `tables: {Orders_CL: {columns: {TimeGenerated: datetime, OrderId: string}}}`
Source: https://learn.microsoft.com/azure/azure-monitor/logs/create-custom-table
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("NAM012", on=Table)
def column_length(table: Table, context: Context) -> Iterator[Diagnostic]:
    least, most = load_facts("names.yaml")["column"]["length"]
    for name in table.columns:
        if len(name) > most:
            message = f"the column's name {name!r} has {len(name)} characters; {most} are the most"
            yield context.error(message, "columns", name, key=True)
        elif len(name) < least:
            message = f"the column's name {name!r} has one character; one of Azure's pages asks for {least} or more"
            hint = "sources disagree; a longer name is safe"
            of_several = (
                f"the columns' names {{names}} have one character; one of Azure's pages asks for {least} or more"
            )
            yield context.warning(message, "columns", name, key=True, hint=hint, subject=name, of_several=of_several)
