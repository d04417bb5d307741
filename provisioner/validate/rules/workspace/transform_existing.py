"""Transforms of the workspace need a workspace of ours.

Why: they are one rule that a property of the workspace names, and a workspace that others manage is never written.
Wrong:
    workspace:
      id: /subscriptions/6f9619ff-8b86-d011-b42d-00c04fc964ff/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/law-central
    workspace_transforms: {Syslog: {transform: source | where Facility != "cron"}}
Right:
    workspace: {name: law-webshop}
    workspace_transforms: {Syslog: {transform: source | where Facility != "cron"}}
Source: https://learn.microsoft.com/azure/azure-monitor/logs/tutorial-workspace-transformations-api
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("WKS006", on=Manifest)
def transform_existing(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    if manifest.workspace_transforms and manifest.workspace.existing:
        message = f"the workspace {manifest.workspace.name!r} is not ours, and its transforms are a property of it"
        hint = "ask its owner to declare them, or let the manifest manage the workspace: `name` in place of `id`"
        yield context.error(message, "workspace_transforms", key=True, hint=hint)
