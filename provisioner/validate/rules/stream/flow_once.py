"""A stream leads to a table once.

Why: Azure wants the flows of a stream to end in different tables.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams:
      Custom-Orders:
        columns: {TimeGenerated: datetime}
        flows:
          - {table: Orders_CL, transform: source}
          - {table: Orders_CL, transform: source | where TimeGenerated > ago(1d)}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}, Recent_CL: {columns: {TimeGenerated: datetime}}}
    streams:
      Custom-Orders:
        columns: {TimeGenerated: datetime}
        flows:
          - {table: Orders_CL, transform: source}
          - {table: Recent_CL, transform: source | where TimeGenerated > ago(1d)}
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-structure
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Stream
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("STR005", on=Stream)
def flow_once(stream: Stream, context: Context) -> Iterator[Diagnostic]:
    seen = set()
    for index, flow in enumerate(stream.flows):
        if flow.table in seen:
            message = f"the stream {stream.key!r} leads to {flow.table!r} twice"
            yield context.error(message, "flows", index, "table", hint="join the two transforms into one")
        seen.add(flow.table)
