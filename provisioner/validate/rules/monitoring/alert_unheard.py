"""The alerts have an action group that hears them.

Why: an alert without an action group shows in the portal alone.
Wrong: `monitoring: {alerts: {transform_errors: 1}}`
Right: `monitoring: {alerts: {transform_errors: 1, action_groups: [/subscriptions/6f9619ff-8b86-d011-b42d-00c04fc964ff/resourceGroups/rg-ops/providers/Microsoft.Insights/actionGroups/ops]}}`
Source: https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("MON003", on=Manifest, severity="warning")
def alert_unheard(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    alerts = manifest.monitoring.alerts if manifest.monitoring else None
    if alerts is None or not context.is_intact(*alerts.path):
        return
    kinds = [key for key in ("transform_errors", "rows_dropped", "silence") if getattr(alerts, key) is not None]
    if not kinds:
        yield context.warning(
            "the alerts say neither of what nor when",
            *alerts.path,
            key=True,
            hint="add transform_errors, rows_dropped or silence",
        )
    elif not alerts.action_groups:
        yield context.warning("nobody is told by the alerts", *alerts.path, key=True, hint="add `action_groups`")
