"""A stream leads to one of Azure's tables whose columns are known here.

Why: the columns of 15 of the 104 tables are not; nothing proves that the rows fit, and what does not is dropped or null
without a word.
Wrong:
    streams: {Custom-Telemetry: {table: OTelLogs, columns: {TimeGenerated: datetime}}}
Right:
    streams: {Custom-Messages: {table: Syslog, columns: {TimeGenerated: datetime}}}
Source: https://learn.microsoft.com/azure/azure-monitor/reference/tables-features
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Flow
from provisioner.transforms.builtin_tables import builtin_table
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("TAB017", on=Flow, severity="info")
def builtin_unproved(flow: Flow, context: Context) -> Iterator[Diagnostic]:
    # TRN004 speaks of the tables of workspace transforms.
    if context.owner.section != "streams":
        return
    facts = builtin_table(flow.table)
    if facts and facts["columns"] is None:
        message = f"the columns of {flow.table!r} are not known: nothing proves that the rows fit"
        yield context.info(message, "table", hint="`provisioner verify` sends a row and shows what arrives")
