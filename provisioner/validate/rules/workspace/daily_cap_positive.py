"""A daily cap is a number of GB above 0, or -1 for none.

Why: with a cap of 0 no row would ever be taken in.
Wrong: `workspace: {name: law-webshop, daily_cap: 0}`
Right: `workspace: {name: law-webshop, daily_cap: 5}`
Source: https://learn.microsoft.com/azure/azure-monitor/logs/daily-cap
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Workspace
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("WKS002", on=Workspace)
def daily_cap_positive(workspace: Workspace, context: Context) -> Iterator[Diagnostic]:
    no_cap = load_facts("limits.yaml")["workspace"]["daily_cap"]["none"]
    cap = workspace.daily_cap
    if cap is not None and cap != no_cap and cap <= 0:
        message = f"a daily cap of {cap:g} GB takes no row in"
        yield context.error(message, "daily_cap", hint=f"a number above 0, or {no_cap} for no cap")
