"""Data collection endpoints: managed, or somebody else's and only read."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.resources import group
from provisioner.resources.context import Context
from provisioner.resources.definition import resource_type
from provisioner.resources.ids import resource_id
from provisioner.resources.resource import Resource


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
        scope=None if existing else group.key_of(context, id_),
        existing=existing,
        path=("endpoint",),
    )
