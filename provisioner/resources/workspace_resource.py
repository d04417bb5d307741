"""The Log Analytics workspace: managed, or existing and only read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.resources import group_resource
from provisioner.resources.expansion_context import ExpansionContext
from provisioner.resources.flatten import ManifestFragment, unmapped_properties
from provisioner.resources.plain_keys import plain_fields
from provisioner.resources.resource import Resource
from provisioner.resources.resource_types import Body, resource_type

_PAY_AS_YOU_GO = "pay_as_you_go"
_PAY_AS_YOU_GO_SKU, _COMMITMENT_SKU = "PerGB2018", "CapacityReservation"
NO_CAP = -1
"""The daily cap of a workspace without one."""
_NETWORK_ACCESS = {"enabled": "enabled", "disabled": "disabled", "securedbyperimeter": "secured_by_perimeter"}
_NETWORK_PROPERTIES = {
    "ingestion": "properties.publicNetworkAccessForIngestion",
    "query": "properties.publicNetworkAccessForQuery",
}


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
            "workspace", workspace=workspace, tags={} if workspace.existing else context.tags_with(workspace.tags)
        ),
        scope=None if existing else group_resource.group_key(context, context.workspace_id),
        existing=existing,
        path=workspace.path,
        create_only=() if workspace.sku else ("properties.sku",),
    )


def flatten(body: Body, name: str) -> ManifestFragment:
    """The keys of a managed workspace; what has the value that Azure gives a new one is left out."""
    properties = body.get("properties") or {}
    fields: dict[str, Any] = {
        "name": name,
        "location": body.get("location"),
        **plain_fields(body, resource_type("workspace")),
        **_network_fields(properties),
    }
    mapped = ["location", "tags", *_NETWORK_PROPERTIES.values()]
    # The rule that it names is the section `workspace_transforms`.
    mapped.append("properties.defaultDataCollectionRuleResourceId")
    cap = (properties.get("workspaceCapping") or {}).get("dailyQuotaGb")
    if isinstance(cap, int | float) and cap != NO_CAP:
        fields["daily_cap"] = int(cap) if cap == int(cap) else cap
    mapped.append("properties.workspaceCapping.dailyQuotaGb")
    if (properties.get("features") or {}).get("enableLogAccessUsingOnlyResourcePermissions") is False:
        fields["access"] = "workspace"
    mapped.append("properties.features.enableLogAccessUsingOnlyResourcePermissions")
    sku = _sku_field(properties.get("sku"))
    # A SKU of another name becomes a remark: the manifest has no word for it.
    if sku is not None:
        fields["sku"] = sku if sku != _PAY_AS_YOU_GO else None
        mapped += ["properties.sku.name", "properties.sku.capacityReservationLevel"]
    return ManifestFragment(
        {key: value for key, value in fields.items() if value is not None},
        tuple(unmapped_properties(body, resource_type("workspace"), mapped)),
    )


def _network_fields(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The key `public_access` of a workspace that does not answer the whole public network."""
    access = {
        key: _NETWORK_ACCESS.get(str(properties.get(path.rpartition(".")[2]) or "Enabled").lower(), "enabled")
        for key, path in _NETWORK_PROPERTIES.items()
    }
    closed = {key: value for key, value in access.items() if value != "enabled"}
    return {"public_access": closed} if closed else {}


def _sku_field(sku: Any) -> str | dict[str, int] | None:
    """The key `sku` of a live SKU; None for one that the manifest has no word for."""
    sku = sku if isinstance(sku, dict) else {}
    name = str(sku.get("name", _PAY_AS_YOU_GO_SKU)).lower()
    if name == _PAY_AS_YOU_GO_SKU.lower():
        return _PAY_AS_YOU_GO
    level = sku.get("capacityReservationLevel")
    return {"commitment": level} if name == _COMMITMENT_SKU.lower() and isinstance(level, int) else None
