"""A table without the suffix `_CL` is one of Azure's, and takes rows from the Logs Ingestion API where rows are sent.

Why: 104 tables take rows; the others exist, and take a retention and a plan alone. The documentation of 2022 misspelt
two of them (SecurityEvents, WindowsEvents); six are listed only by an older page, which is a warning.
Wrong: `tables: {SecurityEvents: {columns: {Tenant_CF: string}}}`
Right: `tables: {SecurityEvent: {columns: {Tenant_CF: string}}}`
Source: https://learn.microsoft.com/azure/azure-monitor/reference/tables-features
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.transforms.builtin_tables import (
    builtin_table,
    is_builtin_table,
    is_legacy_table,
    similar_builtin_table,
    similar_table_without_api,
)
from provisioner.validate.context import Context
from provisioner.validate.rename_fix import rename_table_fix
from provisioner.validate.rule import rule


@rule("TAB009", on=Table)
def builtin_known(table: Table, context: Context) -> Iterator[Diagnostic]:
    if table.custom or builtin_table(table.name):
        return
    right = similar_builtin_table(table.name)
    # A table that no stream writes may be declared for its retention alone.
    fed = any(flow.table == table.name for stream in context.manifest.streams.values() for flow in stream.flows)
    if is_legacy_table(table.name):
        message = f"only an older page lists {table.name!r} among the tables that take rows from the API"
        yield context.warning(message, key=True)
    elif right and not is_builtin_table(table.name):
        yield context.error(
            f"{table.name!r} is no table of Azure's that takes rows from the API",
            key=True,
            hint=f"did you mean {right!r}?",
            fix=rename_table_fix(context, table.name, right),
        )
    elif is_builtin_table(table.name) and (fed or table.columns):
        message = f"the table {table.name!r} is Azure's: it exists, and does not take rows from the Logs Ingestion API"
        yield context.error(message, key=True, hint="send to a custom table, with the suffix _CL")
    elif not table.columns and not fed and (without_api := similar_table_without_api(table.name)):
        # An entry for a table that takes no rows is for its plan and retention.
        yield context.error(
            f"{table.name!r} is no table of Azure's",
            key=True,
            hint=f"did you mean {without_api!r}?",
            fix=rename_table_fix(context, table.name, without_api),
        )
    elif not table.columns and not is_builtin_table(table.name):
        message = f"{table.name!r} is neither a custom table nor one of Azure's that is known"
        finding = context.error if fed else context.warning
        yield finding(message, key=True, hint="a custom table needs the suffix _CL and columns")
