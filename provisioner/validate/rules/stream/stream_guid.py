"""A stream declares no guid columns.

Why: streams have no such type: the value is sent as text, declared string, and cast by the transform.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime, OrderId: guid}}}
    streams:
      Custom-Orders:
        columns: {TimeGenerated: datetime, id: guid}
        table: Orders_CL
        transform: source | project TimeGenerated, OrderId = toguid(id)
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime, OrderId: guid}}}
    streams:
      Custom-Orders:
        columns: {TimeGenerated: datetime, id: string}
        table: Orders_CL
        transform: source | project TimeGenerated, OrderId = toguid(id)
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-structure
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import TYPES, Stream
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("STR001", on=Stream)
def stream_guid(stream: Stream, context: Context) -> Iterator[Diagnostic]:
    # Columns that were taken from the table are declared in the type that streams have.
    for name, type_ in stream.columns.items() if stream.declared else ():
        if type_ in TYPES and TYPES[type_].stream is None:
            yield context.error(
                f"a stream has no columns of type {type_}",
                "columns",
                name,
                hint=f"declare {name!r} as string and write toguid({name}) in the transform",
                fix=context.change("make it a string", "string", "columns", name),
            )
