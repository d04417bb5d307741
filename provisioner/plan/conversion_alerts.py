"""The alerts that read a table which a plan converts: named, since a feature that they use may be gone after it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from provisioner.live.alert_queries import alerts_reading
from provisioner.live.inventory import read_inventory
from provisioner.plan.change import Change
from provisioner.plan.planning import Plan
from provisioner.resources import Body

if TYPE_CHECKING:
    from provisioner.azure import Azure


def with_conversion_alerts(plan: Plan, azure: Azure, group: str) -> Plan:
    """The plan with the alerts of a group named at each table that is converted; alerts are read only where one is."""
    if not any(change.conversion for change in plan.changes):
        return plan
    # Who may write tables need not be allowed to read alerts. The workspace is not among what is read.
    inventory = read_inventory(azure, "", group, allow_gaps=True, only=("query_alerts",))
    gap = next((scope.why for scope in inventory.coverage if not scope.ok), None)
    alerts = inventory.query_alerts or ()
    return replace(plan, changes=tuple(_with_alerts(change, alerts, gap) for change in plan.changes))


def _with_alerts(change: Change, alerts: tuple[Body, ...], gap: str | None) -> Change:
    if change.conversion is None:
        return change
    names = ", ".join(alerts_reading(change.name, alerts))
    remark = (
        f"alerts that could not be read: {gap}" if gap is not None else f"alerts of the group that read it: {names}"
    )
    if gap is None and not names:
        return change
    # The conversion's own reason stands first.
    reason, *others = change.reasons
    return replace(change, reasons=(replace(reason, text=f"{reason.text}; {remark}"), *others))
