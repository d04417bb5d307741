"""The Log Analytics workspace: managed, or existing and only read."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.resources import group_resource
from provisioner.resources.expansion_context import ExpansionContext
from provisioner.resources.flatten import ManifestFragment, unmapped_properties
from provisioner.resources.resource import Resource
from provisioner.resources.resource_types import Body, resource_type

_SKU = "PerGB2018"
"""The SKU that the definition creates a workspace with; the manifest has no key for another one."""


def expand(context: ExpansionContext) -> Iterator[Resource]:
    """The resource of the workspace."""
    workspace = context.manifest.workspace
    existing = workspace.existing and not context.local
    yield Resource(
        resource_type("workspace"),
        workspace.name,
        workspace.name,
        context.workspace_id,
        context.templates.render_body(
            "workspace", workspace=workspace, tags={} if workspace.existing else context.tags
        ),
        scope=None if existing else group_resource.group_key(context, context.workspace_id),
        existing=existing,
        path=workspace.path,
    )


def flatten(body: Body, name: str) -> ManifestFragment:
    """The keys of a managed workspace."""
    fields = {
        "name": name,
        "location": body.get("location"),
        "retention": (body.get("properties") or {}).get("retentionInDays"),
    }
    mapped = ["location", "tags", "properties.retentionInDays"]
    sku = (body.get("properties") or {}).get("sku") or {}
    # Another SKU becomes a remark: a workspace created from the manifest would have this one.
    if isinstance(sku, dict) and str(sku.get("name", _SKU)).lower() == _SKU.lower():
        mapped.append("properties.sku.name")
    return ManifestFragment(
        {key: value for key, value in fields.items() if value is not None},
        tuple(unmapped_properties(body, resource_type("workspace"), mapped)),
    )
