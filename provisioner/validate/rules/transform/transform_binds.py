"""A transform is the transform language: every name, type, function and operator in it.

Why: Azure refuses the data collection rule, mostly without saying why (InvalidTransformQuery).
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime, OrderId: string}}}
    streams:
      Custom-Orders:
        columns: {time: datetime, id: long}
        table: Orders_CL
        transform: source | project TimeGenerated = time, OrderId = tostring(ID)
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime, OrderId: string}}}
    streams:
      Custom-Orders:
        columns: {time: datetime, id: long}
        table: Orders_CL
        transform: source | project TimeGenerated = time, OrderId = tostring(id)
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-transformations-kql
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Flow
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("KQL", on=Flow, family=True)
def transform_binds(flow: Flow, context: Context) -> Iterator[Diagnostic]:
    stream = context.owner
    # A transform that was derived from the columns binds; where loading rejected the stream, they are not known.
    if flow.written and context.is_intact(*stream.path):
        for diagnostic in context.transforms.facts(stream, flow).diagnostics:
            yield context.move_to_manifest(diagnostic, "transform")
