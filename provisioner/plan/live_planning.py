"""Plans against Azure as it is now: expands the manifest, reads the live resources and compares the two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from provisioner.live import LiveResources, Principals, look_up_principals, read_live, with_live_regions
from provisioner.plan.conversion_alerts import with_conversion_alerts
from provisioner.plan.destroy_plan import plan_destroy
from provisioner.plan.missing_rights import check_rights
from provisioner.plan.plan_options import PLAN_DEFAULTS, PlanOptions
from provisioner.plan.planning import Plan, build_plan
from provisioner.resources import Graph, TypeName
from provisioner.resources.resource_ids import group_id

if TYPE_CHECKING:
    from provisioner.azure import Azure, Identity
    from provisioner.model import Manifest, PrincipalReference

MONITORING_TYPES: tuple[TypeName, ...] = ("diagnostic_setting", "metric_alert", "query_alert")
"""What the section `monitoring` makes."""
Expand = Callable[["Manifest", "Identity", "Mapping[PrincipalReference, str]"], Graph]
"""Gives the resources that a manifest declares, for the identity that `self` means and the principals looked up."""


def plan_against_azure(manifest: Manifest, expand: Expand, azure: Azure, options: PlanOptions = PLAN_DEFAULTS) -> Plan:
    """What apply would do, from one reading of Azure.

    Raises CloudError, and NotFound for a missing `existing` resource; neither with `tolerant_of_gaps`.
    """
    identity = azure.identity
    before = azure.requests.snapshot()
    principals = look_up_principals(azure, manifest, allow_gaps=options.tolerant_of_gaps)
    manifest = principals.without_unknown(manifest)
    desired = expand(manifest, identity, principals.object_ids)
    live_resources = _read_live(azure, desired, manifest, principals, options)
    if (relocated := with_live_regions(manifest, live_resources)) != manifest:
        # Offline, an existing workspace was assumed to be in the target's region; now its region is known.
        desired = expand(relocated, identity, principals.object_ids)
    plan = build_plan(
        desired,
        live_resources,
        options,
        environment=manifest.environment,
        principal=identity.object_id,
    )
    plan = with_conversion_alerts(plan, azure, group_id(manifest.target.subscription, manifest.target.resource_group))
    # Drift only reads: what a repair would need is for the plan to say.
    if not options.tolerant_of_gaps:
        plan = with_rights(plan, azure)
    after = azure.requests.snapshot()
    return replace(plan, requests={kind: after[kind] - before[kind] for kind in after})


def plan_destroy_against_azure(
    manifest: Manifest, expand: Expand, azure: Azure, options: PlanOptions = PLAN_DEFAULTS
) -> Plan:
    """The plan that deletes what a manifest declares and owns, from one reading of Azure. Raises CloudError."""
    # What a grant was for may be gone already: the others are deleted all the same.
    principals = look_up_principals(azure, manifest, allow_gaps=True)
    manifest = principals.without_unknown(manifest)
    desired = expand(manifest, azure.identity, principals.object_ids)
    live_resources = _read_live(azure, desired, manifest, principals, PLAN_DEFAULTS)
    plan = plan_destroy(
        desired,
        live_resources,
        options,
        owner=manifest.owner,
        environment=manifest.environment,
        principal=azure.identity.object_id,
    )
    return replace(with_rights(plan, azure), requests=azure.requests.snapshot())


def with_rights(plan: Plan, azure: Azure) -> Plan:
    """The plan with the rights that its changes need and the acting identity lacks. Raises CloudError."""
    return replace(plan, rights=check_rights(plan.changes, plan.desired, plan.live.graph, azure))


def _read_live(
    azure: Azure, desired: Graph, manifest: Manifest, principals: Principals, options: PlanOptions
) -> LiveResources:
    """The live resources, with the applications that were read already, and with what could not be looked up."""
    live_resources = read_live(
        azure,
        desired,
        owner=manifest.owner,
        allow_gaps=options.tolerant_of_gaps,
        applications=principals.applications if manifest.applications else None,
        owned_applications=principals.owned,
        look_for=_types_to_look_for(manifest, options),
    )
    return replace(live_resources, coverage=(*live_resources.coverage, *principals.coverage))


def _types_to_look_for(manifest: Manifest, options: PlanOptions) -> tuple[TypeName, ...]:
    """The types of which something of ours may be left though the manifest declares none."""
    # They cost reads of their own: a manifest that has never monitored anything is not made to pay for them.
    if options.prune:
        return (*MONITORING_TYPES, "application")
    return MONITORING_TYPES if manifest.monitoring else ()
