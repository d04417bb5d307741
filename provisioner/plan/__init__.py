"""The changes between Azure and a manifest: what differs, how risky it is, and the order in which it is applied."""

from __future__ import annotations

from provisioner.plan.change import RISKS, Action, Change, Delta, Reason, Risk
from provisioner.plan.compare import Comparison
from provisioner.plan.destroy_plan import plan_destroy
from provisioner.plan.drift_findings import Drift, DriftFinding, find_drift
from provisioner.plan.live_planning import plan_against_azure, plan_destroy_against_azure
from provisioner.plan.merge import merge_body, patch_body
from provisioner.plan.plan_options import PLAN_DEFAULTS, PlanOptions
from provisioner.plan.planning import Plan, build_plan

__all__ = [
    "PLAN_DEFAULTS",
    "RISKS",
    "Action",
    "Change",
    "Comparison",
    "Delta",
    "Drift",
    "DriftFinding",
    "Plan",
    "PlanOptions",
    "Reason",
    "Risk",
    "build_plan",
    "find_drift",
    "merge_body",
    "patch_body",
    "plan_against_azure",
    "plan_destroy",
    "plan_destroy_against_azure",
]
