"""Microsoft Sentinel on an existing workspace is read, and never onboarded.

Why: a workspace that others manage is never written; `sentinel: true` then says that Sentinel is there, the tables that
need it are taken to exist, and a plan stops where it is not.
Wrong:
    workspace:
      id: /subscriptions/6f9619ff-8b86-d011-b42d-00c04fc964ff/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/law-central
      sentinel: true
Right: `workspace: {name: law-webshop, sentinel: true}`
Source: https://learn.microsoft.com/rest/api/securityinsights/sentinel-onboarding-states/create
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Workspace
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("WKS005", on=Workspace, severity="info")
def sentinel_existing(workspace: Workspace, context: Context) -> Iterator[Diagnostic]:
    if workspace.existing and workspace.sentinel:
        message = f"the workspace {workspace.name!r} is not ours: that Sentinel is onboarded there is checked, not brought about"
        yield context.info(message, "sentinel", key=True)
