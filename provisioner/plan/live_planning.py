"""Plans against Azure as it is now: expands the manifest, reads the live resources and compares the two."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from provisioner.live import read_live, with_live_regions
from provisioner.plan.destroy_plan import plan_destroy
from provisioner.plan.plan_options import PLAN_DEFAULTS, PlanOptions
from provisioner.plan.planning import Plan, build_plan
from provisioner.resources import Graph

if TYPE_CHECKING:
    from provisioner.azure import Azure, Identity
    from provisioner.model import Manifest

Expand = Callable[["Manifest", "Identity"], Graph]
"""Gives the resources that a manifest declares, for the identity that `self` in a grant means."""


def plan_against_azure(manifest: Manifest, expand: Expand, azure: Azure, options: PlanOptions = PLAN_DEFAULTS) -> Plan:
    """What apply would do, from one reading of Azure.

    Raises CloudError, and NotFound for a missing `existing` resource; neither with `tolerant_of_gaps`.
    """
    identity = azure.identity
    before = azure.requests.snapshot()
    desired = expand(manifest, identity)
    live_resources = read_live(azure, desired, owner=manifest.owner, allow_gaps=options.tolerant_of_gaps)
    if (relocated := with_live_regions(manifest, live_resources)) != manifest:
        # Offline, an existing workspace was assumed to be in the target's region; now its region is known.
        desired = expand(relocated, identity)
    after = azure.requests.snapshot()
    return build_plan(
        desired,
        live_resources,
        options,
        environment=manifest.environment,
        principal=identity.object_id,
        requests={kind: after[kind] - before[kind] for kind in after},
    )


def plan_destroy_against_azure(
    manifest: Manifest, expand: Expand, azure: Azure, options: PlanOptions = PLAN_DEFAULTS
) -> Plan:
    """The plan that deletes what a manifest declares and owns, from one reading of Azure. Raises CloudError."""
    desired = expand(manifest, azure.identity)
    live_resources = read_live(azure, desired, owner=manifest.owner)
    return plan_destroy(
        desired,
        live_resources,
        options,
        owner=manifest.owner,
        environment=manifest.environment,
        principal=azure.identity.object_id,
        requests=azure.requests.snapshot(),
    )
