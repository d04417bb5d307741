"""A commitment is one of the tiers that Azure sells.

Why: Azure refuses a workspace with any other number.
Wrong: `workspace: {name: law-webshop, sku: {commitment: 150}}`
Right: `workspace: {name: law-webshop, sku: {commitment: 200}}`
Source: https://learn.microsoft.com/azure/azure-monitor/logs/cost-logs#commitment-tiers
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Workspace
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("WKS001", on=Workspace)
def commitment_tier(workspace: Workspace, context: Context) -> Iterator[Diagnostic]:
    tiers = load_facts("limits.yaml")["workspace"]["commitment"]["tiers"]
    tier = workspace.sku.commitment if workspace.sku else None
    if tier is not None and tier not in tiers:
        # No fix: which of the neighbours is cheaper depends on what comes in a day.
        message = f"there is no commitment tier of {tier} GB a day"
        yield context.error(message, "sku", "commitment", hint=f"one of {', '.join(map(str, tiers))}")
