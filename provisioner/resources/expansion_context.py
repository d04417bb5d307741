"""What each resource type's `expand` reads: the manifest, the templates, the ids and tags that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.model import Manifest, PrincipalReference
from provisioner.resources.resource_ids import arm_guid, group_id, parse_resource_id, workspace_id

if TYPE_CHECKING:
    from provisioner.resources.body_templates import BodyTemplates

OWNER_TAG = "provisioner"
"""The ownership tag of DCRs, DCEs and managed workspaces; its absence alone is never a change."""


@dataclass(frozen=True, slots=True)
class ExpansionContext:
    """The manifest, the templates, and the identity that `self` means.

    `principal` is its object id, `principal_type` User or ServicePrincipal; None before sign-in. `object_ids` has the
    principals that were looked up, None where nothing was.
    """

    manifest: Manifest
    templates: BodyTemplates
    principal: str | None = None
    principal_type: str | None = None
    object_ids: Mapping[PrincipalReference, str] | None = None

    @property
    def group_id(self) -> str:
        """The id of the target's resource group."""
        return group_id(self.manifest.target.subscription, self.manifest.target.resource_group)

    @property
    def local(self) -> bool:
        """Whether the target is the emulator, in which existing resources have to be created first."""
        return self.manifest.target.cloud == "local"

    @property
    def tags(self) -> Mapping[str, str]:
        """The manifest's tags and the ownership tag."""
        return {**self.manifest.tags, OWNER_TAG: self.manifest.owner}

    def tags_with(self, own: Mapping[str, str]) -> Mapping[str, str]:
        """The manifest's tags, those of one resource over them, and the ownership tag."""
        # Azure compares the names of tags without case: `Team` of the resource stands for the manifest's `team`.
        named = {name.lower() for name in own}
        shared = {name: value for name, value in self.manifest.tags.items() if name.lower() not in named}
        return {**shared, **own, OWNER_TAG: self.manifest.owner}

    @property
    def workspace_id(self) -> str:
        """The id of the workspace, managed or existing."""
        workspace = self.manifest.workspace
        return workspace.id or workspace_id(self.group_id, workspace.name)


def application_unique_name(manifest: Manifest, name: str) -> str:
    """The name by which Microsoft Entra finds the app registration again, whatever id it gave it."""
    group = group_id(manifest.target.subscription, manifest.target.resource_group)
    return unique_name_of_owner(manifest.owner, group, name)


def unique_name_of_owner(owner: str, group: str, name: str) -> str:
    """The same, for the owner tag of a manifest and the id of the group that it is deployed to."""
    # The group is part of it: one manifest may be deployed to several groups of a tenant.
    return f"{owner.replace('/', '.')}.{name}.{arm_guid(group, owner, name)[:8]}"


def application_name_in(unique_name: str, owner: str, group: str) -> str | None:
    """The name under which the manifest with that owner tag, deployed to that group, declares it; None if it does not.

    The inverse of `unique_name_of_owner`.
    """
    name = unique_name.removeprefix(f"{owner.replace('/', '.')}.").rpartition(".")[0]
    return name if unique_name == unique_name_of_owner(owner, group, name) else None


def group_id_of(id_: str) -> str:
    """The id of the resource group that a resource id lies in. Raises ValueError for what is no resource id."""
    parts = parse_resource_id(id_)
    if parts is None:
        raise ValueError(f"{id_!r} is not a resource id")
    return group_id(parts.subscription, parts.group)
