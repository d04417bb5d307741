"""Microsoft Sentinel on the workspace: onboarded, or on an existing workspace only read."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.resources.expansion_context import ExpansionContext
from provisioner.resources.resource import Key, Resource
from provisioner.resources.resource_types import resource_type

_NAME = "default"
"""The one name that an onboarding state can have."""


def expand(context: ExpansionContext) -> Iterator[Resource]:
    """The onboarding state, where the manifest says that Sentinel is on the workspace."""
    workspace = context.manifest.workspace
    if not workspace.sentinel:
        return
    type_ = resource_type("sentinel")
    yield Resource(
        type_,
        workspace.name,
        _NAME,
        sentinel_id(context.workspace_id),
        context.templates.render_body("sentinel"),
        scope=("workspace", workspace.name),
        existing=workspace.existing and not context.local,
        path=(*workspace.path, "sentinel"),
    )


def sentinel_id(workspace: str) -> str:
    """The id of the onboarding state of the workspace with the id `workspace`."""
    return f"{workspace}/providers/{resource_type('sentinel').arm_type}/{_NAME}"


def sentinel_keys(context: ExpansionContext) -> tuple[Key, ...]:
    """The key of the onboarding state, for what needs Sentinel's tables; none where it is not declared."""
    workspace = context.manifest.workspace
    return (("sentinel", workspace.name),) if workspace.sentinel else ()
