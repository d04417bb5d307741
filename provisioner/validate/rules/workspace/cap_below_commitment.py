"""A daily cap is not below the commitment that is paid for.

Why: the commitment tier is paid whether it is used or not, and a lower cap keeps the workspace from using it.
Wrong: `workspace: {name: law-webshop, sku: {commitment: 100}, daily_cap: 50}`
Right: `workspace: {name: law-webshop, sku: {commitment: 100}, daily_cap: 150}`
Source: https://learn.microsoft.com/azure/azure-monitor/logs/cost-logs#commitment-tiers
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Workspace
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("WKS003", on=Workspace, severity="warning")
def cap_below_commitment(workspace: Workspace, context: Context) -> Iterator[Diagnostic]:
    tier, cap = workspace.sku.commitment if workspace.sku else None, workspace.daily_cap
    if tier is not None and cap is not None and 0 < cap < tier:
        message = f"{tier} GB a day are paid for, and the cap lets {cap:g} GB in"
        yield context.warning(message, "daily_cap", hint="raise the cap, or choose a lower tier")
