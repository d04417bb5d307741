"""Decides which DCRs a manifest can hold, and writes their streams as briefly as the manifest allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from provisioner import kql
from provisioner.adopt.manifest_draft import escape_variables
from provisioner.load.builders.stream_builder import default_transform
from provisioner.model import builtin_stream_table
from provisioner.resources import Body, parse_resource_id
from provisioner.resources.dcr_resource import agent_fed_streams
from provisioner.transforms.builtin_tables import published_columns

_SKIPPED_KINDS = {
    "workspacetransforms": "it transforms what other sources write to a workspace",
    "agentsettings": "it configures agents",
    "platformtelemetry": "it collects platform metrics",
}


def is_for_senders(body: Body) -> bool:
    """Whether a DCR takes records over the Logs Ingestion API: it has a flow of a stream that no data source feeds."""
    flows = (body.get("properties") or {}).get("dataFlows") or ()
    streams = {stream for flow in flows for stream in flow.get("streams") or ()}
    return str(body.get("kind") or "").lower() not in _SKIPPED_KINDS and bool(streams - agent_fed_streams(body))


def reason_to_skip(body: Body, workspace: str | None) -> str | None:
    """Why a manifest cannot hold a DCR, as a clause; None where it can.

    `workspace` is the id of the manifest's workspace; None where all DCRs of the source write to the same one.
    """
    properties = body.get("properties", {})
    kind = str(body.get("kind") or "").lower()
    if kind in _SKIPPED_KINDS:
        return f"{_SKIPPED_KINDS[kind]} (kind {body['kind']})"
    theirs = agent_fed_streams(body)
    flows = [flow for flow in properties.get("dataFlows") or () if set(flow.get("streams") or ()) - theirs]
    if not flows:
        sources = [
            f"{key}.{name}" for key in ("dataSources", "directDataSources") for name in properties.get(key) or ()
        ]
        return (
            f"only its own data sources feed it ({', '.join(sources)})" if sources else "no stream of it leads anywhere"
        )
    if own := sorted(untakeable_streams(body)):
        return f"it takes Azure's own stream {own[0]}, and {WHY_UNTAKEABLE}"
    ways = Counter((stream, flow.get("outputStream")) for flow in flows for stream in flow.get("streams") or ())
    if twice := [stream for (stream, _), count in ways.items() if count > 1]:
        return f"the stream {twice[0]} flows twice into the same table"
    return _destination_problem(properties, flows, workspace)


WHY_UNTAKEABLE = "no table of that name with known columns takes rows from the Logs Ingestion API"


def untakeable_streams(body: Body) -> frozenset[str]:
    """Azure's own streams that a DCR takes from senders and that a manifest cannot hold.

    It can hold `Microsoft-<Table>` of a table that takes rows from the API and whose columns are known.
    """
    flows = (body.get("properties") or {}).get("dataFlows") or ()
    streams = {stream for flow in flows for stream in flow.get("streams") or ()} - agent_fed_streams(body)
    return frozenset(
        stream
        for stream in streams
        if (table := builtin_stream_table(stream)) is not None and not published_columns(table)
    )


def without_streams(body: Body, streams: frozenset[str]) -> Body:
    """The body without the flows of some streams; flows that have other streams too keep those."""
    properties = body["properties"]
    flows = [
        {**flow, "streams": kept}
        for flow in properties.get("dataFlows") or ()
        if (kept := [stream for stream in flow.get("streams") or () if stream not in streams])
    ]
    return {**body, "properties": {**properties, "dataFlows": flows}}


def _destination_problem(
    properties: Mapping[str, Any], flows: list[Mapping[str, Any]], workspace: str | None
) -> str | None:
    """Why flows do not all lead to tables of the workspace, as a clause; None where they do."""
    destinations = properties.get("destinations") or {}
    workspaces = {
        destination.get("name"): destination.get("workspaceResourceId")
        for destination in destinations.get("logAnalytics") or ()
    }
    for flow in flows:
        named = flow.get("destinations") or []
        if len(named) != 1:
            return f"a flow goes to {len(named)} destinations"
        if named[0] not in workspaces:
            return f"a flow goes to {named[0]}, which is no Log Analytics workspace"
        if workspace is not None and str(workspaces[named[0]]).lower() != workspace.lower():
            parts = parse_resource_id(str(workspaces[named[0]]))
            return f"it writes to another workspace ({parts.names[0] if parts else workspaces[named[0]]})"
    return None


def stream_fields(flat_stream: Mapping[str, Any], tables: Mapping[str, Any]) -> Any:
    """A flattened stream as briefly as the manifest allows: just the table's name where all else is derived.

    `tables` are the manifest's tables as written. A stream of several flows keeps them all.
    """
    flows = [
        {"table": escape_variables(flow["table"]), "transform": readable_query(flow["transform"])}
        for flow in flat_stream["flows"]
    ]
    declared = flat_stream.get("columns")
    if len(flows) > 1:
        return ({"columns": declared} if declared else {}) | {"flows": flows}
    [flow], table = flows, tables.get(flat_stream["flows"][0]["table"], {})
    types = column_types(table.get("columns") or {})
    derived = bool(types) and _is_declared_alike(declared or {}, table.get("columns") or {})
    fields: dict[str, Any] = {"columns": declared} if declared and not derived else {}
    fields["table"] = flow["table"]
    # Streams have no guid type: the derived transform converts these columns.
    guids = tuple(name for name, type_ in types.items() if type_ == "guid") if derived else ()
    written = flat_stream["flows"][0]["transform"].strip()
    if not kql.same(written, default_transform(guids, tuple(types))):
        fields["transform"] = flow["transform"]
    return flow["table"] if list(fields) == ["table"] else fields


def _is_declared_alike(stream_columns: Mapping[str, Any], table_columns: Mapping[str, Any]) -> bool:
    """Whether a stream's columns are what the manifest would derive from its table, described as there."""
    types = {name: sent_type(type_) for name, type_ in column_types(table_columns).items()}
    described = [name for name, column in stream_columns.items() if isinstance(column, dict)]
    return column_types(stream_columns) == types and all(
        isinstance(table_columns[name], dict)
        and table_columns[name].get("description") == stream_columns[name].get("description")
        for name in described
    )


def sent_type(type_: str) -> str:
    """The stream type of a table's column type: streams have no guid."""
    return "string" if type_ == "guid" else type_


def column_types(columns: Mapping[str, Any]) -> dict[str, str]:
    """The types of a manifest's columns, each written as its type alone or with a description."""
    return {name: value["type"] if isinstance(value, dict) else value for name, value in columns.items()}


def readable_query(text: str) -> str:
    """The query with one step a line, where that provably is the same query; else the text unchanged."""
    plain = text.strip()
    try:
        formatted = kql.format(plain).strip()
    except ValueError:
        return text
    if not kql.same(text, formatted):
        return text
    return f"{formatted}\n" if "\n" in formatted else formatted
