"""ARM resource ids, and GUIDs as ARM derives them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

# The namespace of ARM's own guid(): it makes names equal whether a template or this program derives them.
ARM_GUID_NAMESPACE = uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")


@dataclass(frozen=True, slots=True)
class ResourceIdParts:
    """What an ARM id names: subscription, group, provider type (`Namespace/type[/child]`) and the names."""

    subscription: str
    group: str
    type: str
    names: tuple[str, ...]


def group_id(subscription: str, group: str) -> str:
    """The id of a resource group."""
    return f"/subscriptions/{subscription}/resourceGroups/{group}"


def resource_id(group: str, type_: str, name: str) -> str:
    """The id of a resource of the ARM type `Namespace/type` in the group with the id `group`."""
    return f"{group}/providers/{type_}/{name}"


def workspace_id(group: str, workspace: str) -> str:
    """The id of a workspace that is named by its id already, or by its name in the group with the id `group`."""
    if parse_resource_id(workspace) is not None:
        return workspace
    return resource_id(group, "Microsoft.OperationalInsights/workspaces", workspace)


def parse_resource_id(text: str) -> ResourceIdParts | None:
    """The parts of a resource id, its fixed segments in any case; None for what is no resource id."""
    segments = text.strip("/").split("/")
    fixed = [segment.lower() for segment in segments[0:6:2]]
    if len(segments) < 8 or len(segments) % 2 or "" in segments:
        return None
    if fixed != ["subscriptions", "resourcegroups", "providers"]:
        return None
    return ResourceIdParts(segments[1], segments[3], "/".join([segments[5], *segments[6::2]]), tuple(segments[7::2]))


def arm_guid(*arguments: str) -> str:
    """The result of ARM's template function `guid()`: uuid5 over the arguments joined with `-`."""
    return str(uuid.uuid5(ARM_GUID_NAMESPACE, "-".join(arguments)))
