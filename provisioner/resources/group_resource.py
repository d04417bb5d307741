"""Resource groups: created when missing, never written after that."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.resources.expansion_context import ExpansionContext, group_id_of
from provisioner.resources.resource import Key, Resource
from provisioner.resources.resource_types import resource_type


def expand(context: ExpansionContext) -> Iterator[Resource]:
    """The target's group; in the emulator also those of existing resources, since it starts empty."""
    target, type_ = context.manifest.target, resource_type("group")
    body = context.templates.render_body("group", location=target.location)
    yield Resource(type_, target.resource_group, target.resource_group, context.group_id, body, path=target.path)
    if not context.local:
        return
    elsewhere = {
        key[1]: resource.location
        for resource in (context.manifest.workspace, context.manifest.endpoint)
        if resource is not None and resource.id and (key := group_key(context, resource.id))[1] != target.resource_group
    }
    for id_, location in elsewhere.items():
        body = context.templates.render_body("group", location=location)
        yield Resource(type_, id_, id_.rsplit("/", 1)[1], id_, body)


def group_key(context: ExpansionContext, id_: str) -> Key:
    """The key of the group that a resource id lies in: by its name for the target's, by its id for another."""
    # Azure writes ids of one group in several cases, `resourcegroups` among them.
    group_id = group_id_of(id_)
    is_target = group_id.lower() == context.group_id.lower()
    return ("group", context.manifest.target.resource_group if is_target else group_id)
