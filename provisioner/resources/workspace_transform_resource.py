"""The workspace's own rule: one DCR of kind WorkspaceTransforms, and the property of the workspace that names it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioner.model import PASSTHROUGH, WORKSPACE_STREAM_PREFIX, Dcr, Manifest
from provisioner.resources.expansion_context import ExpansionContext
from provisioner.resources.resource import Resource
from provisioner.resources.resource_ids import resource_id
from provisioner.resources.resource_types import Body, resource_type
from provisioner.resources.sentinel_resource import sentinel_keys

KIND = "WorkspaceTransforms"
"""The kind of a workspace's own rule; a workspace has one."""


def expand(context: ExpansionContext) -> Iterator[Resource]:
    """The rule and its place in the workspace; none where the manifest has no transforms of the workspace."""
    manifest = context.manifest
    # Somebody else's workspace is never written: its rule is theirs too (a check says so).
    if not manifest.workspace_transforms or (manifest.workspace.existing and not context.local):
        return
    dcr, workspace = Dcr(rule_name(manifest), (), "shared"), manifest.workspace
    yield Resource(
        resource_type("dcr"),
        dcr.name,
        dcr.name,
        resource_id(context.group_id, resource_type("dcr").arm_type, dcr.name),
        context.templates.render_body(
            "dcr",
            dcr=dcr,
            kind=KIND,
            location=workspace.location,
            workspace=workspace,
            endpoint=None,
            streams=[],
            flows=[
                {"stream": stream.name, "transform": flow.transform, "output": None}
                for stream in manifest.workspace_transforms.values()
                for flow in stream.flows
            ],
            tags=context.tags,
        ),
        scope=("group", manifest.target.resource_group),
        after=(
            *(("table", name) for name in manifest.workspace_transforms if name in manifest.tables),
            *sentinel_keys(context),
        ),
        path=("workspace_transforms",),
    )
    yield Resource(
        resource_type("default_dcr"),
        workspace.name,
        workspace.name,
        context.workspace_id,
        context.templates.render_body("default_dcr", rule=dcr.name),
        scope=("workspace", workspace.name),
        path=("workspace_transforms",),
    )


def rule_name(manifest: Manifest) -> str:
    """The name of the workspace's own rule."""
    return f"dcr-{manifest.name}-workspace"


def flatten_rule(body: Body) -> dict[str, dict[str, Any]]:
    """The section `workspace_transforms` of a rule of the kind; flows that have another form are left out."""
    transforms: dict[str, dict[str, Any]] = {}
    for flow in (body.get("properties") or {}).get("dataFlows") or ():
        for stream in flow.get("streams") or ():
            table = str(stream).removeprefix(WORKSPACE_STREAM_PREFIX)
            if table != stream:
                transforms[table] = {"transform": flow.get("transformKql") or PASSTHROUGH}
    return transforms


def is_workspace_rule(body: Body) -> bool:
    """Whether a body is that of a workspace's own rule."""
    return str(body.get("kind") or "").lower() == KIND.lower()
