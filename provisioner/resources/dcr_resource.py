"""Data collection rules: how streams become one, and what Azure adds to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioner.model import CUSTOM_SUFFIX, PASSTHROUGH, Dcr, output_stream
from provisioner.resources.expansion_context import Context
from provisioner.resources.flatten import Flat, Remark, columns, unread
from provisioner.resources.resource import Key, Resource
from provisioner.resources.resource_ids import resource_id
from provisioner.resources.resource_types import Body, resource_type

_READ = (
    "location",
    "kind",
    "tags",
    "properties.description",
    "properties.dataCollectionEndpointId",
    "properties.streamDeclarations.*.columns[].name",
    "properties.streamDeclarations.*.columns[].type",
    "properties.destinations.logAnalytics[].name",
    "properties.destinations.logAnalytics[].workspaceResourceId",
    "properties.dataFlows[].streams",
    "properties.dataFlows[].destinations",
    "properties.dataFlows[].transformKql",
    "properties.dataFlows[].outputStream",
)


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


def flatten(body: Body) -> Flat:
    """The words of one rule: its description, and its streams by name with their columns and flows.

    What the rule's own data sources feed is theirs: not a stream that senders post to, and so left out.
    """
    properties = body.get("properties") or {}
    theirs = fed(body)
    remarks = [*unread(body, resource_type("dcr"), _READ)]
    streams: dict[str, dict[str, Any]] = {}
    for name, declared in (properties.get("streamDeclarations") or {}).items():
        found = columns(declared.get("columns") or (), f"properties.streamDeclarations.{name}.columns", stream=True)
        if name not in theirs:
            streams[name] = {"columns": found.words, "flows": []}
            remarks += found.remarks
    for index, flow in enumerate(properties.get("dataFlows") or ()):
        for name in flow.get("streams") or ():
            if name in theirs:
                continue
            table, changed = _table_of(flow.get("outputStream") or name, f"properties.dataFlows[{index}].outputStream")
            remarks += changed
            transform = flow.get("transformKql") or PASSTHROUGH
            streams.setdefault(name, {"flows": []})["flows"].append({"table": table, "transform": transform})
    description = properties.get("description")
    return Flat({**({"description": description} if description else {}), "streams": streams}, tuple(remarks))


def fed(body: Body) -> frozenset[str]:
    """The streams that the rule's own data sources write to: agents, metrics, files."""
    properties = body.get("properties") or {}
    kinds = [properties.get(key) or {} for key in ("dataSources", "directDataSources")]
    lists = [value for kind in kinds for value in kind.values() if isinstance(value, list)]
    return frozenset(name for items in lists for item in items for name in item.get("streams") or ())


def _table_of(output: str, path: str) -> tuple[str, list[Remark]]:
    """The table that an `outputStream` leads to. Custom- before one of Azure's tables is seen in published files."""
    prefix, _, table = output.partition("-")
    if prefix == "Custom" and not table.endswith(CUSTOM_SUFFIX):
        return table, [Remark("changed", path, output, f"{table} is no custom table: the output is Microsoft-{table}")]
    return table or output, []
