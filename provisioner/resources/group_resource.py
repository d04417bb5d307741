"""Resource groups: created when missing, never written after."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.resources.expansion_context import Context, group_of
from provisioner.resources.resource import Key, Resource
from provisioner.resources.resource_types import resource_type


def expand(context: Context) -> Iterator[Resource]:
    """The target's group; under `local` also the groups of what exists elsewhere, since nothing exists there yet."""
    target, type_ = context.manifest.target, resource_type("group")
    body = context.templates.body("group", location=target.location)
    yield Resource(type_, target.resource_group, target.resource_group, context.group, body, path=("target",))
    if not context.local:
        return
    elsewhere = {
        key[1]: found.location
        for found in (context.manifest.workspace, context.manifest.endpoint)
        if found is not None and found.id and (key := key_of(context, found.id))[1] != target.resource_group
    }
    for id_, location in elsewhere.items():
        body = context.templates.body("group", location=location)
        yield Resource(type_, id_, id_.rsplit("/", 1)[1], id_, body)


def key_of(context: Context, id_: str) -> Key:
    """The key of the group that a resource lies in: its name for the target's, its id for another."""
    own = group_of(id_)
    return ("group", context.manifest.target.resource_group if own.lower() == context.group.lower() else own)
