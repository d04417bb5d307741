"""The data collection endpoint (DCE): managed, or existing and only read."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.resources import group_resource
from provisioner.resources.expansion_context import ExpansionContext
from provisioner.resources.flatten import ManifestFragment, unmapped_properties
from provisioner.resources.plain_keys import plain_fields
from provisioner.resources.resource import Resource
from provisioner.resources.resource_ids import resource_id
from provisioner.resources.resource_types import Body, resource_type

_PUBLIC_ACCESS = {"enabled": "enabled", "disabled": "disabled", "securedbyperimeter": "secured_by_perimeter"}


def expand(context: ExpansionContext) -> Iterator[Resource]:
    """The resource of the endpoint; none where the DCRs have endpoints of their own."""
    endpoint = context.manifest.endpoint
    if endpoint is None:
        return
    type_ = resource_type("endpoint")
    id_ = endpoint.id or resource_id(context.group_id, type_.arm_type, endpoint.name)
    existing = endpoint.existing and not context.local
    yield Resource(
        type_,
        endpoint.name,
        endpoint.name,
        id_,
        context.templates.render_body("endpoint", endpoint=endpoint, tags={} if endpoint.existing else context.tags),
        scope=None if existing else group_resource.group_key(context, id_),
        existing=existing,
        path=endpoint.path,
    )


def flatten(body: Body, name: str) -> ManifestFragment:
    """The keys of a managed endpoint."""
    acls = (body.get("properties") or {}).get("networkAcls") or {}
    # A value that is not known here becomes a remark.
    access = _PUBLIC_ACCESS.get(str(acls.get("publicNetworkAccess", "Enabled")).lower())
    fields = {"name": name, "location": body.get("location"), "public_access": access}
    mapped = ("location", "tags", *(("properties.networkAcls.publicNetworkAccess",) if access else ()))
    return ManifestFragment(
        {key: value for key, value in fields.items() if value not in (None, "enabled")}
        | plain_fields(body, resource_type("endpoint")),
        tuple(unmapped_properties(body, resource_type("endpoint"), mapped)),
    )
