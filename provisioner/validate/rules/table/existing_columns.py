"""An existing table, which others manage, lists its columns where a stream leads to it.

Why: without them it cannot be proved offline that the rows fit; what does not fit is dropped or null, without a word.
Wrong:
    tables: {Orders_CL: {existing: true}}
    streams: {Custom-Orders: {table: Orders_CL, columns: {TimeGenerated: datetime}}}
Right:
    tables: {Orders_CL: {existing: true, columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: {table: Orders_CL, columns: {TimeGenerated: datetime}}}
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("TAB014", on=Table, severity="warning")
def existing_columns(table: Table, context: Context) -> Iterator[Diagnostic]:
    if not table.custom or not table.existing or table.columns:
        return
    if any(flow.table == table.name for stream in context.manifest.streams.values() for flow in stream.flows):
        message = f"the columns of {table.name!r} are not given: nothing proves that the rows fit"
        yield context.warning(message, key=True, hint="write the `columns` that the streams fill")
