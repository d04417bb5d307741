"""What every page needs to turn a manifest into resources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.model import Manifest
from provisioner.resources.resource_ids import group_id, parse_id, resource_id

if TYPE_CHECKING:
    from provisioner.resources.body_templates import Templates

OWNER_TAG = "provisioner"
"""DCRs, DCEs and managed workspaces that are ours carry it; its absence alone is never a change."""


@dataclass(frozen=True, slots=True)
class Context:
    """The manifest, the templates, and who `self` is: object id and type (None while they are not known)."""

    manifest: Manifest
    templates: Templates
    principal: str | None = None
    principal_type: str | None = None

    @property
    def group(self) -> str:
        """The id of the target's group."""
        return group_id(self.manifest.target.subscription, self.manifest.target.resource_group)

    @property
    def local(self) -> bool:
        """Under the emulator, what exists elsewhere in real life is made first."""
        return self.manifest.target.cloud == "local"

    @property
    def tags(self) -> Mapping[str, str]:
        """The author's tags and the owner's."""
        return {**self.manifest.tags, OWNER_TAG: self.manifest.owner}

    @property
    def workspace_id(self) -> str:
        """The id of the workspace, managed or existing."""
        workspace = self.manifest.workspace
        return workspace.id or resource_id(self.group, "Microsoft.OperationalInsights/workspaces", workspace.name)


def group_of(id_: str) -> str:
    """The id of the group that a resource's id lies in. Raises ValueError for what is no resource id."""
    parts = parse_id(id_)
    if parts is None:
        raise ValueError(f"{id_!r} is not a resource id")
    return group_id(parts.subscription, parts.group)
