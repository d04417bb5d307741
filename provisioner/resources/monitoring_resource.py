"""Diagnostic settings: where the logs of each rule go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.package_data import load_facts
from provisioner.resources.expansion_context import ExpansionContext
from provisioner.resources.resource import Resource
from provisioner.resources.resource_ids import resource_id
from provisioner.resources.resource_types import Body, resource_type


def expand(context: ExpansionContext) -> Iterator[Resource]:
    """One setting for each rule, where the manifest keeps any of its logs."""
    manifest = context.manifest
    monitoring, type_ = manifest.monitoring, resource_type("diagnostic_setting")
    if monitoring is None or not (monitoring.errors or monitoring.troubleshooting):
        return
    facts = load_facts("monitoring.yaml")["categories"]
    categories = {
        facts["errors"]["category"]: monitoring.errors,
        facts["troubleshooting"]["category"]: monitoring.troubleshooting,
    }
    name = setting_name(manifest.owner)
    for dcr in manifest.dcrs.values():
        rule = resource_id(context.group_id, resource_type("dcr").arm_type, dcr.name)
        yield Resource(
            type_,
            dcr.name,
            name,
            f"{rule}/providers/{type_.arm_type}/{name}",
            context.templates.render_body("diagnostic_setting", workspace=manifest.workspace, categories=categories),
            scope=("dcr", dcr.name),
            path=monitoring.path,
        )


def setting_name(owner: str) -> str:
    """The name of the settings of a manifest with that owner tag."""
    # Settings bear no tags: the name says whose it is. A rule belongs to one environment, and so does its setting.
    return f"provisioner-{owner.partition('/')[0]}"


def flatten_setting(body: Body, workspace: str) -> Mapping[str, bool]:
    """The keys of `monitoring` that a setting turns on for the workspace with that id; empty for another's."""
    properties: dict[str, Any] = body.get("properties") or {}
    if str(properties.get("workspaceId") or "").lower().rstrip("/") != workspace.lower().rstrip("/"):
        return {}
    enabled = {log.get("category") for log in properties.get("logs") or () if log.get("enabled")}
    facts = load_facts("monitoring.yaml")["categories"]
    return {key: facts[key]["category"] in enabled for key in ("errors", "troubleshooting")}
