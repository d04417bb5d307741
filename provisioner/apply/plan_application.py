"""Carries out a plan in the way that the options choose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.apply.applied import Applied
from provisioner.apply.apply_options import ApplyOptions
from provisioner.apply.execution import apply
from provisioner.apply.flow_errors import ErrorLocator
from provisioner.plan import Plan

if TYPE_CHECKING:
    from provisioner.azure import Azure
    from provisioner.model import Manifest


def apply_plan(
    plan: Plan,
    manifest: Manifest,
    azure: Azure,
    options: ApplyOptions,
    state_directory: Path,
    locate_error: ErrorLocator | None = None,
) -> Applied:
    """Apply by deployments or by single writes; result and errors are those of `execution.apply`."""
    if not options.deployment:
        return apply(plan, azure, options, state_directory, locate_error)
    # Imported late: it needs the renderer, which single writes do not.
    from provisioner.apply.template_deployment import deploy_plan

    return deploy_plan(plan, manifest, azure, options, state_directory, locate_error)
