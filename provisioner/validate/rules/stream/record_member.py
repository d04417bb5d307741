"""Records of samples and tests hold only what the stream declares.

Why: Azure drops a member that is no column of the stream, without a word; a misspelt name shows up as a null.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime, OrderId: string}}}
    streams:
      Custom-Orders:
        table: Orders_CL
        samples: [{TimeGenerated: "2026-01-01T10:00:00Z", OrderID: A1}]
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime, OrderId: string}}}
    streams:
      Custom-Orders:
        table: Orders_CL
        samples: [{TimeGenerated: "2026-01-01T10:00:00Z", OrderId: A1}]
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-transformations-create
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Stream
from provisioner.suggest import did_you_mean
from provisioner.validate.context import Context
from provisioner.validate.manifest_parts import stream_records
from provisioner.validate.rule import rule


@rule("STR007", on=Stream, severity="warning")
def record_member(stream: Stream, context: Context) -> Iterator[Diagnostic]:
    if not stream.columns:
        return
    # One finding for each name: a misspelt member mostly stands in every record.
    reported: set[str] = set()
    for path, record in stream_records(stream):
        for name in record:
            if name not in stream.columns and name not in reported:
                reported.add(name)
                message = f"{name!r} is no column of the stream {stream.key!r}: Azure drops it"
                of_several = f"{{names}} are no columns of the stream {stream.key!r}: Azure drops them"
                hint = did_you_mean(name, stream.columns)
                yield context.warning(message, *path, name, key=True, hint=hint, subject=name, of_several=of_several)
