"""A stream has at least one column.

Why: a stream without columns takes nothing in; they are left out only where the table tells them.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: {table: Orders_CL, columns: {}}}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: {table: Orders_CL}}
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-structure
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Stream
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("STR003", on=Stream)
def stream_columns(stream: Stream, context: Context) -> Iterator[Diagnostic]:
    if not stream.columns and stream.declared:
        hint = "name the columns that senders write"
        yield context.error(f"the stream {stream.key!r} has no columns", "columns", key=True, hint=hint)
