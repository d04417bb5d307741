"""A table of plan auxiliary has no guid columns.

Why: the page of 2024 says that they are not supported; later pages are silent, so this is a warning.
Wrong: `tables: {Orders_CL: {plan: auxiliary, columns: {TimeGenerated: datetime, OrderId: guid}}}`
Right: `tables: {Orders_CL: {plan: auxiliary, columns: {TimeGenerated: datetime, OrderId: string}}}`
Source: https://learn.microsoft.com/azure/azure-monitor/logs/create-custom-table-auxiliary
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("TAB013", on=Table, severity="warning")
def auxiliary_guid(table: Table, context: Context) -> Iterator[Diagnostic]:
    if table.plan == "auxiliary":
        for name, type_ in table.columns.items():
            if type_ == "guid":
                message = f"{name!r} is a guid; an older page forbids them in plan auxiliary, newer ones are silent"
                yield context.warning(message, "columns", name, hint="a string is safe")
