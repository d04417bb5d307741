"""Data collection endpoints: managed, or somebody else's and only read."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.resources import group_resource
from provisioner.resources.expansion_context import Context
from provisioner.resources.flatten import Flat, unread
from provisioner.resources.resource import Resource
from provisioner.resources.resource_ids import resource_id
from provisioner.resources.resource_types import Body, resource_type

_ACCESS = {"enabled": "enabled", "disabled": "disabled", "securedbyperimeter": "secured_by_perimeter"}


def expand(context: Context) -> Iterator[Resource]:
    """One endpoint, or none where the DCRs have endpoints of their own."""
    endpoint = context.manifest.endpoint
    if endpoint is None:
        return
    type_ = resource_type("endpoint")
    id_ = endpoint.id or resource_id(context.group, type_.name, endpoint.name)
    existing = endpoint.existing and not context.local
    yield Resource(
        type_,
        endpoint.name,
        endpoint.name,
        id_,
        context.templates.body("endpoint", endpoint=endpoint, tags={} if endpoint.existing else context.tags),
        scope=None if existing else group_resource.key_of(context, id_),
        existing=existing,
        path=("endpoint",),
    )


def flatten(body: Body, name: str) -> Flat:
    """The words of a managed endpoint."""
    acls = (body.get("properties") or {}).get("networkAcls") or {}
    access = _ACCESS.get(str(acls.get("publicNetworkAccess", "Enabled")).lower())
    words = {"name": name, "location": body.get("location"), "public_access": access}
    read = ("location", "tags", *(("properties.networkAcls.publicNetworkAccess",) if access else ()))
    return Flat(
        {key: value for key, value in words.items() if value not in (None, "enabled")},
        tuple(unread(body, resource_type("endpoint"), read)),
    )
