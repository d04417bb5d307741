"""The Log Analytics workspace: managed, or somebody else's and only read."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.resources import group_resource
from provisioner.resources.expansion_context import Context
from provisioner.resources.flatten import Flat, unread
from provisioner.resources.resource import Resource
from provisioner.resources.resource_types import Body, resource_type

_SKU = "PerGB2018"
"""The one that the definition names; what another workspace was bought under has no word."""


def expand(context: Context) -> Iterator[Resource]:
    """One workspace."""
    workspace = context.manifest.workspace
    existing = workspace.existing and not context.local
    yield Resource(
        resource_type("workspace"),
        workspace.name,
        workspace.name,
        context.workspace_id,
        context.templates.body("workspace", workspace=workspace, tags={} if workspace.existing else context.tags),
        scope=None if existing else group_resource.key_of(context, context.workspace_id),
        existing=existing,
        path=("workspace",),
    )


def flatten(body: Body, name: str) -> Flat:
    """The words of a managed workspace; the SKU is ours to give only when it is made."""
    words = {
        "name": name,
        "location": body.get("location"),
        "retention": (body.get("properties") or {}).get("retentionInDays"),
    }
    read = ["location", "tags", "properties.retentionInDays"]
    sku = (body.get("properties") or {}).get("sku") or {}
    if isinstance(sku, dict) and str(sku.get("name", _SKU)).lower() == _SKU.lower():
        read.append("properties.sku.name")
    return Flat(
        {key: value for key, value in words.items() if value is not None},
        tuple(unread(body, resource_type("workspace"), read)),
    )
