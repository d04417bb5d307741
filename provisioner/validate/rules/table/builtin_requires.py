"""A table that comes with a solution is there before rows are sent to it.

Why: some of Azure's tables exist only once a solution is installed in the workspace; until then Azure refuses the
data collection rule (InvalidOutputTable). Offline this is not known: a warning.
Wrong:
    streams: {Custom-Cef: {table: CommonSecurityLog, columns: {TimeGenerated: datetime}}}
Right:
    streams: {Custom-Syslog: {table: Syslog, columns: {TimeGenerated: datetime}}}
Source: https://github.com/hashicorp/terraform-provider-azurerm/issues/28709
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Flow
from provisioner.transforms.builtin_tables import SENTINEL, builtin_table
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("TAB010", on=Flow, severity="warning")
def builtin_requires(flow: Flow, context: Context) -> Iterator[Diagnostic]:
    # TRN004 speaks of the tables of workspace transforms.
    if context.owner.section != "streams":
        return
    facts = builtin_table(flow.table)
    manifest = context.manifest
    # The emulator needs no solutions; Sentinel is onboarded before the rule is written.
    is_met = manifest.target.cloud == "local" or (
        manifest.workspace.sentinel and facts is not None and facts["requires"] == SENTINEL
    )
    if facts and facts["requires"] and not is_met:
        message = f"the table {flow.table!r} exists only where {facts['requires']} is installed in the workspace"
        by_key = "; `workspace.sentinel: true` does it" if facts["requires"] == SENTINEL else ""
        yield context.warning(message, "table", hint=f"install it first, or Azure refuses the rule{by_key}")
