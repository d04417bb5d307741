"""A stream without a transform has a column TimeGenerated of type datetime.

Why: as nothing makes one, Azure would file every row under the time at which it came in, and this language refuses to
do that silently.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime, OrderId: string}}}
    streams: {Custom-Orders: {table: Orders_CL, columns: {OrderId: string}}}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime, OrderId: string}}}
    streams: {Custom-Orders: {table: Orders_CL, columns: {TimeGenerated: datetime, OrderId: string}}}
Source: https://learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Stream
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("STR002", on=Stream)
def stream_time(stream: Stream, context: Context) -> Iterator[Diagnostic]:
    if not stream.declared or not stream.columns or "TimeGenerated" in stream.columns:
        return
    if not all(context.is_intact("streams", stream.key, key) for key in ("transform", "flows")):
        return  # a transform that could not be read may set TimeGenerated
    if any(not flow.written for flow in stream.flows):
        yield context.error(
            f"the stream {stream.key!r} has no column TimeGenerated, and no transform makes one",
            "columns",
            key=True,
            hint="declare `TimeGenerated: datetime`, or write a transform that sets it",
            fix=context.add("declare TimeGenerated", "TimeGenerated", "datetime", "columns"),
        )
