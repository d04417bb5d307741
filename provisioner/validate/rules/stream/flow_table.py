"""A stream leads to a table that the manifest declares, or to one of Azure's that takes rows.

Why: Azure refuses a data collection rule whose table is not there (InvalidOutputTable).
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: {table: Order_CL, columns: {TimeGenerated: datetime}}}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: {table: Orders_CL, columns: {TimeGenerated: datetime}}}
Source: https://learn.microsoft.com/azure/azure-monitor/logs/create-custom-table
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Flow
from provisioner.package_data import load_facts
from provisioner.suggest import nearest_name
from provisioner.transforms.builtin_tables import (
    builtin_table,
    is_builtin_table,
    is_legacy_table,
    similar_builtin_table,
    similar_table_without_api,
)
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("STR004", on=Flow)
def flow_table(flow: Flow, context: Context) -> Iterator[Diagnostic]:
    # TRN004 speaks of the tables of workspace transforms.
    if context.owner.section != "streams":
        return
    name, declared = flow.table, context.manifest.tables
    # Where loading rejected `tables`, every reference would dangle.
    if name in declared or builtin_table(name) or context.is_broken("tables"):
        return
    if is_legacy_table(name):
        message = f"only an older page lists {name!r} among the tables that take rows from the API"
        yield context.warning(message, "table", source=load_facts("builtin_tables.json")["source"])
    elif is_builtin_table(name):
        message = f"the table {name!r} is Azure's: it exists, and does not take rows from the Logs Ingestion API"
        hint = "send to a custom table, with the suffix _CL"
        yield context.error(message, "table", hint=hint, source=load_facts("builtin_tables.json")["source"])
    else:
        right = nearest_name(name, declared) or similar_builtin_table(name)
        if right is None and (without_api := similar_table_without_api(name)):
            message = f"there is no table {name!r}, and Azure's {without_api!r} does not take rows from the API"
            hint = "send to a custom table, with the suffix _CL"
            yield context.error(message, "table", hint=hint, source=load_facts("builtin_tables.json")["source"])
            return
        yield context.error(
            f"there is no table {name!r}",
            "table",
            hint=f"did you mean {right!r}?"
            if right
            else "declare it under `tables` (with `existing: true` if it is there)",
            fix=context.change(f"write {right!r}", right, "table") if right else None,
        )
