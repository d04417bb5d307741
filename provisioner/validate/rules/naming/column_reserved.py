"""A column does not bear a name that Azure keeps for itself.

Why: Azure refuses the table. Whether the check minds case is not documented, and a few names are known from the field
only: those are warnings.
Wrong: `tables: {Orders_CL: {columns: {TimeGenerated: datetime, Type: string}}}`
Right: `tables: {Orders_CL: {columns: {TimeGenerated: datetime, OrderType: string}}}`
Source: https://learn.microsoft.com/azure/azure-monitor/logs/create-custom-table
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.package_data import load_facts
from provisioner.transforms.builtin_tables import is_custom
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("NAM013", on=Table)
def column_reserved(table: Table, context: Context) -> Iterator[Diagnostic]:
    if not is_custom(table) or table.existing:
        return
    known = load_facts("names.yaml")["column"]
    reserved = {*known["reserved"], *known["standard"]}
    folded = {name.lower(): name for name in (*reserved, *known["seen_reserved"])}
    for name in table.columns:
        like = folded.get(name.lower())
        if name in reserved:
            message = f"{name!r} is reserved: Azure keeps a column of this name for itself"
            yield context.error(message, "columns", name, key=True, hint="give the column another name")
        elif like == name:
            message = f"{name!r} is a column of Azure's older tables and has been seen refused; no page says so"
            yield context.warning(message, "columns", name, key=True)
        elif like:
            message = f"{name!r} differs only by case from the reserved {like!r}; whether Azure minds is not documented"
            yield context.warning(message, "columns", name, key=True)
