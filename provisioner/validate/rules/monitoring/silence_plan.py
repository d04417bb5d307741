"""An alert on silence watches tables of plan analytics.

Why: Azure's alerts do not ask tables of the plans basic and auxiliary, so no alert is made for them.
Wrong:
    tables: {Orders_CL: {plan: basic, columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    monitoring: {alerts: {silence: 2h, action_groups: [/subscriptions/6f9619ff-8b86-d011-b42d-00c04fc964ff/resourceGroups/rg-ops/providers/Microsoft.Insights/actionGroups/ops]}}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    monitoring: {alerts: {silence: 2h, action_groups: [/subscriptions/6f9619ff-8b86-d011-b42d-00c04fc964ff/resourceGroups/rg-ops/providers/Microsoft.Insights/actionGroups/ops]}}
Source: https://learn.microsoft.com/azure/azure-monitor/logs/logs-table-plans
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("MON004", on=Manifest, severity="warning")
def silence_plan(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    alerts = manifest.monitoring.alerts if manifest.monitoring else None
    if alerts is None or alerts.silence is None:
        return
    without = load_facts("monitoring.yaml")["silence_alerts"]["plans_without"]
    written = {flow.table for stream in manifest.streams.values() for flow in stream.flows}
    for table in manifest.tables.values():
        if table.name in written and table.plan in without:
            message = f"no alert watches {table.name}: Azure's alerts do not ask tables of plan {table.plan}"
            yield context.warning(
                message, *alerts.path, "silence", hint="choose the plan analytics for it, or watch its senders"
            )
