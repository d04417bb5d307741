"""A transform does not write a column that Azure fills itself.

Why: what it writes is refused or overwritten.
Wrong:
    streams:
      Custom-Messages:
        columns: {time: datetime, kind: string}
        table: Syslog
        transform: source | project TimeGenerated = time, Type = kind
Right:
    streams:
      Custom-Messages:
        columns: {time: datetime, kind: string}
        table: Syslog
        transform: source | project TimeGenerated = time, Facility = kind
Source: https://learn.microsoft.com/azure/azure-monitor/logs/log-standard-columns
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Flow
from provisioner.model.reserved_columns import is_filled_by_azure
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("TRN001", on=Flow, severity="warning")
def reserved_written(flow: Flow, context: Context) -> Iterator[Diagnostic]:
    stream = context.owner
    if not (stream.declared or flow.written):
        return  # the columns were taken from the table
    # A column that the author gave a custom table is NAM013.
    table = context.manifest.tables.get(flow.table)
    declared = table.columns if table is not None and not table.existing else {}
    for name, span in context.transforms.facts(stream, flow).spans.items():
        if not is_filled_by_azure(name) or name in declared:
            continue
        message = f"{name!r} is filled by Azure; what the transform writes there is refused or lost"
        if flow.written:
            hint = "write it to a column of another name, or take it out with `project-away`"
            yield context.warning(message, "transform", span=span, hint=hint)
        elif name in stream.columns:
            hint = "take it out of the stream, or write a transform that gives it another name"
            position = context.at("streams", stream.key)
            yield position.warning(message, "columns", name, key=True, hint=hint)
