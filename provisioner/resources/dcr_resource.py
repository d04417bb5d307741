"""Data collection rules: from streams to a DCR and back, and the endpoint that senders of a DCR post to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioner.model import CUSTOM_SUFFIX, PASSTHROUGH, Dcr, EndpointMode, output_stream
from provisioner.resources.expansion_context import ExpansionContext
from provisioner.resources.flatten import ManifestFragment, PropertyRemark, flatten_columns, unmapped_properties
from provisioner.resources.plain_keys import plain_fields
from provisioner.resources.resource import Key, Resource
from provisioner.resources.resource_ids import resource_id
from provisioner.resources.resource_types import Body, resource_type
from provisioner.resources.sentinel_resource import sentinel_keys

_MAPPED_PROPERTIES = (
    "location",
    "kind",
    "tags",
    "identity.type",
    "properties.dataCollectionEndpointId",
    "properties.streamDeclarations.*.columns[].name",
    "properties.streamDeclarations.*.columns[].type",
    "properties.streamDeclarations.*.columns[].description",
    "properties.destinations.logAnalytics[].name",
    "properties.destinations.logAnalytics[].workspaceResourceId",
    "properties.dataFlows[].streams",
    "properties.dataFlows[].destinations",
    "properties.dataFlows[].transformKql",
    "properties.dataFlows[].outputStream",
)


_SYSTEM_ASSIGNED = "systemassigned"


def expand(context: ExpansionContext) -> Iterator[Resource]:
    """The resource of every declared DCR, with its streams and flows."""
    type_, manifest = resource_type("dcr"), context.manifest
    for dcr in manifest.dcrs.values():
        streams = [manifest.streams[key] for key in dcr.streams]
        yield Resource(
            type_,
            dcr.name,
            dcr.name,
            resource_id(context.group_id, type_.arm_type, dcr.name),
            context.templates.render_body(
                "dcr",
                dcr=dcr,
                # A DCR and its destination workspace must be in one region.
                # Source: https://learn.microsoft.com/azure/azure-monitor/logs/logs-ingestion-api-overview
                location=manifest.workspace.location,
                workspace=manifest.workspace,
                kind="Direct" if dcr.endpoint != "shared" else None,
                endpoint=manifest.endpoint if dcr.endpoint != "direct" else None,
                streams=[stream for stream in streams if not stream.name.startswith("Microsoft-")],
                flows=[
                    {"stream": stream.name, "transform": flow.transform, "output": output_stream(flow.table)}
                    for stream in streams
                    for flow in stream.flows
                ],
                tags=context.tags_with(dcr.tags),
            ),
            scope=("group", manifest.target.resource_group),
            after=(*_declared_tables(context, dcr), *sentinel_keys(context)),
            path=dcr.path,
        )


def _declared_tables(context: ExpansionContext, dcr: Dcr) -> tuple[Key, ...]:
    """The keys of the tables that the DCR writes to: `outputStream` holds a name, not an id, so no Ref says so."""
    tables = {flow.table for key in dcr.streams for flow in context.manifest.streams[key].flows}
    return tuple(("table", name) for name in sorted(tables) if name in context.manifest.tables)


def ingestion_endpoint(dcr: Body, endpoint: Body | None) -> str | None:
    """The URL that senders post to, from live bodies: the DCE's where the DCR is bound to one, else its own."""
    shared: dict[str, Any] = (endpoint or {}).get("properties", {}).get("logsIngestion") or {}
    url = shared.get("endpoint")
    return url.rstrip("/") if isinstance(url, str) else own_endpoint(dcr)


def own_endpoint(dcr: Body) -> str | None:
    """The URL of a live DCR's own endpoint; None where it was made without kind Direct."""
    url = (dcr.get("properties", {}).get("endpoints") or {}).get("logsIngestion")
    return url.rstrip("/") if isinstance(url, str) else None


def endpoint_mode(body: Body) -> EndpointMode:
    """Which endpoints a DCR's body asks for; without kind and DCE it counts as bound to the manifest's.

    An existing rule can be bound to a DCE in place, and can never become Direct.
    """
    is_direct = str(body.get("kind") or "").lower() == "direct"
    is_bound = bool((body.get("properties") or {}).get("dataCollectionEndpointId"))
    return ("both" if is_bound else "direct") if is_direct else "shared"


def flatten(body: Body) -> ManifestFragment:
    """The keys of one DCR: its description, and its streams by name with their columns and flows.

    Streams that agents feed are left out: senders do not post to them.
    """
    properties = body.get("properties") or {}
    agent_fed = agent_fed_streams(body)
    remarks = [*unmapped_properties(body, resource_type("dcr"), _MAPPED_PROPERTIES)]
    streams: dict[str, dict[str, Any]] = {}
    for name, declared in (properties.get("streamDeclarations") or {}).items():
        columns = flatten_columns(
            declared.get("columns") or (), f"properties.streamDeclarations.{name}.columns", stream=True
        )
        if name not in agent_fed:
            streams[name] = {"columns": columns.fields, "flows": []}
            remarks += columns.remarks
    for index, flow in enumerate(properties.get("dataFlows") or ()):
        for name in flow.get("streams") or ():
            if name in agent_fed:
                continue
            output_path = f"properties.dataFlows[{index}].outputStream"
            table, output_remarks = _table_of(flow.get("outputStream") or name, output_path)
            remarks += output_remarks
            # Azure reads a flow without a transform as `source`, and one without an output as the table of the stream's
            # name.
            transform = flow.get("transformKql") or PASSTHROUGH
            streams.setdefault(name, {"flows": []})["flows"].append({"table": table, "transform": transform})
    fields = plain_fields(body, resource_type("dcr"))
    if _SYSTEM_ASSIGNED in str((body.get("identity") or {}).get("type", "")).lower():
        fields["identity"] = "system_assigned"
    return ManifestFragment({**fields, "streams": streams}, tuple(remarks))


def agent_fed_streams(body: Body) -> frozenset[str]:
    """The streams that the DCR's own data sources (agents, metrics, files, event hubs) write to."""
    properties = body.get("properties") or {}
    fed = [name for key in ("dataSources", "directDataSources") for name in source_streams(properties.get(key))]
    return frozenset(name for name in fed if isinstance(name, str))


def source_streams(value: Any) -> Iterator[Any]:
    """The streams named anywhere in data sources: most kinds list `streams`, an event hub names one `stream`."""
    if isinstance(value, list):
        for item in value:
            yield from source_streams(item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            # Azure accepts and returns property names in any case.
            if key.lower() in ("stream", "streams"):
                yield from inner if isinstance(inner, list) else (inner,)
            else:
                yield from source_streams(inner)


def _table_of(output: str, path: str) -> tuple[str, list[PropertyRemark]]:
    """The table that an `outputStream` leads to, with a remark where it is spelt in a way that Azure refuses."""
    # Published templates write Custom- before the names of Azure's own tables too.
    prefix, _, table = output.partition("-")
    if prefix == "Custom" and not table.endswith(CUSTOM_SUFFIX):
        return table, [
            PropertyRemark("changed", path, output, f"{table} is no custom table: the output is Microsoft-{table}")
        ]
    return table or output, []
