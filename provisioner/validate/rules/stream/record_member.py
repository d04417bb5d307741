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
from provisioner.transforms.builtin_tables import published_columns
from provisioner.validate.context import Context
from provisioner.validate.manifest_parts import stream_records
from provisioner.validate.rule import rule


@rule("STR007", on=Stream, severity="warning", workspace_transforms=True)
def record_member(stream: Stream, context: Context) -> Iterator[Diagnostic]:
    if not stream.columns:
        return
    # Rows that were copied from a table have the columns that Azure fills in, too.
    columns = {*stream.columns, *(published_columns(stream.key) or ())} if _is_of_workspace(stream) else stream.columns
    # One finding for each name: a misspelt member mostly stands in every record.
    reported: set[str] = set()
    for path, record in stream_records(stream):
        for name in record:
            if name not in columns and name not in reported:
                reported.add(name)
                holder = f"{'table' if _is_of_workspace(stream) else 'stream'} {stream.key!r}"
                message = f"{name!r} is no column of the {holder}: Azure drops it"
                of_several = f"{{names}} are no columns of the {holder}: Azure drops them"
                hint = did_you_mean(name, columns)
                yield context.warning(message, *path, name, key=True, hint=hint, subject=name, of_several=of_several)


def _is_of_workspace(stream: Stream) -> bool:
    return stream.section == "workspace_transforms"
