"""The Log Analytics workspace: managed, or somebody else's and only read."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.resources import group
from provisioner.resources.context import Context
from provisioner.resources.definition import resource_type
from provisioner.resources.resource import Resource


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
        scope=None if existing else group.key_of(context, context.workspace_id),
        existing=existing,
        path=("workspace",),
    )
