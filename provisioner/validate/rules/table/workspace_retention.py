"""A workspace's retention is 30 to 730 days.

Why: Azure refuses other numbers.
Wrong: `workspace: {name: law-webshop, retention: 7}`
Right: `workspace: {name: law-webshop, retention: 30}`
Source: https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Workspace
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("TAB008", on=Workspace)
def workspace_retention(workspace: Workspace, context: Context) -> Iterator[Diagnostic]:
    limits = load_facts("limits.yaml")["workspace"]["retention"]
    days = workspace.retention
    if days is not None and not limits["least"] <= days <= limits["most"]:
        message = f"{days} days of retention; a workspace keeps {limits['least']} to {limits['most']}"
        yield context.error(message, "retention")
