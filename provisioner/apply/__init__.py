"""Applies a plan: writes its changes in dependency order and returns an outcome for each."""

from __future__ import annotations

from provisioner.apply.applied import Applied
from provisioner.apply.apply_options import APPLY_DEFAULTS, ApplyOptions
from provisioner.apply.execution import apply
from provisioner.apply.outcome import Outcome
from provisioner.apply.plan_application import apply_plan

__all__ = ["APPLY_DEFAULTS", "Applied", "ApplyOptions", "Outcome", "apply", "apply_plan"]
