"""A stream of the manifest does not write a table whose workspace transform it would bypass.

Why: the workspace's rule holds only for rows that come through no other rule, so never for what a stream sends.
Wrong:
    workspace_transforms: {Syslog: {transform: source | where Facility != "cron"}}
    streams: {Custom-Syslog: {table: Syslog, columns: {TimeGenerated: datetime, Facility: string}}}
Right:
    workspace_transforms: {Syslog: {transform: source | where Facility != "cron"}}
    streams: {Custom-Cef: {table: CommonSecurityLog, columns: {TimeGenerated: datetime, DeviceVendor: string}}}
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-transformations
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Flow
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("TRN005", on=Flow, severity="warning")
def workspace_bypassed(flow: Flow, context: Context) -> Iterator[Diagnostic]:
    if context.owner.section == "streams" and flow.table in context.manifest.workspace_transforms:
        message = f"the workspace transform of {flow.table} never sees what this stream sends"
        hint = "write the same condition into the stream's own transform, where it is meant for these rows too"
        yield context.warning(message, "table", hint=hint)
