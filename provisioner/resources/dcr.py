"""Data collection rules: how streams become one, and what Azure adds to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioner.model import Dcr, output_stream
from provisioner.resources.context import Context
from provisioner.resources.definition import Body, resource_type
from provisioner.resources.ids import resource_id
from provisioner.resources.resource import Key, Resource


def expand(context: Context) -> Iterator[Resource]:
    """Every DCR, with the streams that it holds."""
    type_, manifest = resource_type("dcr"), context.manifest
    for dcr in manifest.dcrs.values():
        streams = [manifest.streams[key] for key in dcr.streams]
        yield Resource(
            type_,
            dcr.name,
            dcr.name,
            resource_id(context.group, type_.name, dcr.name),
            context.templates.body(
                "dcr",
                dcr=dcr,
                location=manifest.workspace.location,
                workspace=manifest.workspace,
                endpoint=manifest.endpoint if dcr.endpoint == "shared" else None,
                streams=[each for each in streams if not each.name.startswith("Microsoft-")],
                flows=[
                    {"stream": each.name, "transform": flow.transform, "output": output_stream(flow.table)}
                    for each in streams
                    for flow in each.flows
                ],
                tags=context.tags,
            ),
            scope=("group", manifest.target.resource_group),
            after=_tables(context, dcr),
            path=("dcrs", dcr.name),
        )


def _tables(context: Context, dcr: Dcr) -> tuple[Key, ...]:
    """The declared tables that it names: `outputStream` holds a name, not an id, so no reference says so."""
    tables = {flow.table for key in dcr.streams for flow in context.manifest.streams[key].flows}
    return tuple(("table", name) for name in sorted(tables) if name in context.manifest.tables)


def ingestion_endpoint(dcr: Body, endpoint: Body | None) -> str | None:
    """The URL that senders post to: the DCE's where the rule is bound to one, else the rule's own."""
    bound: dict[str, Any] = (endpoint or {}).get("properties", {}).get("logsIngestion") or {}
    own: dict[str, Any] = dcr.get("properties", {}).get("endpoints") or {}
    url = bound.get("endpoint") or own.get("logsIngestion")
    return url.rstrip("/") if isinstance(url, str) else None
