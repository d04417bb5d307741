"""A table of plan auxiliary has guid columns, which an older page forbids.

Why: the page of 2024 says that they are not supported, the newest lists guid among the types of such tables; so this is
but a hint for a table that Azure refuses.
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


@rule("TAB013", on=Table, severity="info")
def auxiliary_guid(table: Table, context: Context) -> Iterator[Diagnostic]:
    if table.plan == "auxiliary":
        for name, type_ in table.columns.items():
            if type_ == "guid":
                message = f"{name!r} is a guid; an older page forbids them in plan auxiliary, the newest lists them"
                yield context.info(message, "columns", name, hint="where Azure refuses the table, a string is taken")
