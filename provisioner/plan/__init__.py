"""What separates Azure from the manifest, how dangerous it is, and in which order it goes."""

from __future__ import annotations

from provisioner.plan.change import RISKS, Action, Change, Delta, Reason, Risk
from provisioner.plan.compare import Comparison
from provisioner.plan.destroy_plan import destroy
from provisioner.plan.drift_findings import Drift, Finding, drift
from provisioner.plan.merge import merged, patch
from provisioner.plan.planning import Plan, plan

__all__ = [
    "RISKS",
    "Action",
    "Change",
    "Comparison",
    "Delta",
    "Drift",
    "Finding",
    "Plan",
    "Reason",
    "Risk",
    "destroy",
    "drift",
    "merged",
    "patch",
    "plan",
]
