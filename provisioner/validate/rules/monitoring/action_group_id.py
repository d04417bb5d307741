"""An action group is named by its full resource id.

Why: Azure refuses an alert that names anything else.
Wrong: `monitoring: {alerts: {transform_errors: 1, action_groups: [/subscriptions/6f9619ff-8b86-d011-b42d-00c04fc964ff/resourceGroups/rg-ops]}}`
Right: `monitoring: {alerts: {transform_errors: 1, action_groups: [/subscriptions/6f9619ff-8b86-d011-b42d-00c04fc964ff/resourceGroups/rg-ops/providers/Microsoft.Insights/actionGroups/ops]}}`
Source: https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.validate.context import Context
from provisioner.validate.rule import rule

_TYPE = "Microsoft.Insights/actionGroups"


@rule("MON002", on=Manifest)
def action_group_id(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    alerts = manifest.monitoring.alerts if manifest.monitoring else None
    if alerts is None:
        return
    # Imported late: most manifests name no resource here.
    from provisioner.resources import parse_resource_id

    seen: set[str] = set()
    for index, id_ in enumerate(alerts.action_groups):
        parts = parse_resource_id(id_)
        where = ("monitoring", "alerts", "action_groups", index)
        if parts is None or parts.type.lower() != _TYPE.lower():
            hint = f"/subscriptions/…/resourceGroups/…/providers/{_TYPE}/NAME"
            yield context.error("this is no resource id of an action group", *where, hint=hint)
        elif id_.lower() in seen:
            yield context.error("the action group stands there twice", *where, hint="remove one")
        seen.add(id_.lower())
