"""Imports a live workspace and resource group as a manifest whose plan against them is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.adopt.live_source import ClassicChoice, LiveSource
from provisioner.adopt.manifest_assembly import build_manifest
from provisioner.adopt.manifest_draft import ImportedManifest
from provisioner.errors import NotFound
from provisioner.live import read_inventory
from provisioner.resources import resource_type, sentinel_resource
from provisioner.resources.resource_ids import group_id

if TYPE_CHECKING:
    from provisioner.azure import Azure


def from_live(
    azure: Azure, workspace_id: str, *, name: str | None = None, classic: ClassicChoice | None = None
) -> ImportedManifest:
    """Import the target's resource group and a workspace, read in five calls, and up to six for what else it may hold.

    Resources with our owner tag become managed, others that are needed become `existing`; DCRs that do not serve
    the Logs Ingestion API, or belong to another manifest, are skipped; so are classic tables, unless `classic` says
    how to carry them over. Raises CloudError, and NotFound where there is no classic table that `classic` asks for.
    """
    group = group_id(azure.target.subscription, azure.target.resource_group)
    live_inventory = read_inventory(azure, workspace_id, group)
    if live_inventory.workspace is None:
        raise NotFound(f"there is no workspace {workspace_id}", hint="check its name, group and subscription")
    if live_inventory.dcrs is None:
        raise NotFound(f"there is no group {azure.target.resource_group}", hint="check its name and the subscription")
    source = LiveSource(azure, live_inventory, live_inventory.workspace, group, name, classic)
    if classic is not None and not source.has_classic_tables:
        raise NotFound(f"there is no classic table in {workspace_id}", hint="import it without --classic")
    if source.manages_workspace:
        onboarding_state = azure.management.get(
            sentinel_resource.sentinel_id(workspace_id), resource_type("sentinel").api_version
        )
        source.has_sentinel = onboarding_state is not None
    return build_manifest(source)
