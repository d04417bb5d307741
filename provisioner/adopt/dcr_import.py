"""What a data collection rule is for, and how its streams are said in the manifest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from provisioner.adopt.query_layout import layout
from provisioner.load.builders.stream_builder import made
from provisioner.resources import Body, parse_id
from provisioner.resources.dcr_resource import fed

_OTHER_KINDS = {
    "workspacetransforms": "it transforms what other sources write to a workspace",
    "agentsettings": "it configures agents",
    "platformtelemetry": "it collects platform metrics",
}


def reason_to_leave(body: Body, workspace: str | None) -> str | None:
    """Why a rule is none that a manifest can hold, as a clause; None where it is one.

    `workspace` is the id of the manifest's workspace; None where every rule of the source means the same one.
    """
    properties = body.get("properties", {})
    kind = str(body.get("kind") or "").lower()
    if kind in _OTHER_KINDS:
        return f"{_OTHER_KINDS[kind]} (kind {body['kind']})"
    theirs = fed(body)
    flows = [each for each in properties.get("dataFlows") or () if set(each.get("streams") or ()) - theirs]
    if not flows:
        sources = [
            f"{key}.{name}" for key in ("dataSources", "directDataSources") for name in properties.get(key) or ()
        ]
        return (
            f"only its own data sources feed it ({', '.join(sources)})" if sources else "no stream of it leads anywhere"
        )
    builtin = [name for each in flows for name in each.get("streams") or () if name.startswith("Microsoft-")]
    if own := sorted(set(builtin) - theirs):
        return f"it takes Azure's own stream {own[0]}; those of a manifest begin with Custom-"
    ways = Counter((stream, each.get("outputStream")) for each in flows for stream in each.get("streams") or ())
    if twice := [stream for (stream, _), count in ways.items() if count > 1]:
        return f"the stream {twice[0]} flows twice into the same table"
    return _elsewhere(properties, flows, workspace)


def _elsewhere(properties: Mapping[str, Any], flows: list[Mapping[str, Any]], workspace: str | None) -> str | None:
    """Why flows do not all end in tables of the one workspace."""
    destinations = properties.get("destinations") or {}
    workspaces = {each.get("name"): each.get("workspaceResourceId") for each in destinations.get("logAnalytics") or ()}
    for flow in flows:
        named = flow.get("destinations") or []
        if len(named) != 1:
            return f"a flow goes to {len(named)} destinations"
        if named[0] not in workspaces:
            return f"a flow goes to {named[0]}, which is no Log Analytics workspace"
        if workspace is not None and str(workspaces[named[0]]).lower() != workspace.lower():
            parts = parse_id(str(workspaces[named[0]]))
            return f"it writes to another workspace ({parts.names[0] if parts else workspaces[named[0]]})"
    return None


def stream_words(found: Mapping[str, Any], tables: Mapping[str, Any]) -> Any:
    """One flattened stream as briefly as the manifest allows: a table's name where nothing else is to be said.

    `tables` are the manifest's tables in plain words. Raises no errors; a stream of several flows keeps them all.
    """
    flows = [{"table": each["table"], "transform": layout(each["transform"])} for each in found["flows"]]
    declared = found.get("columns")
    if len(flows) > 1:
        return ({"columns": declared} if declared else {}) | {"flows": flows}
    [flow], types = flows, _types(tables.get(flows[0]["table"], {}))
    derived = bool(types) and declared == {name: _posted(type_) for name, type_ in types.items()}
    words: dict[str, Any] = {"columns": declared} if declared and not derived else {}
    words["table"] = flow["table"]
    guids = tuple(name for name, type_ in types.items() if type_ == "guid") if derived else ()
    if found["flows"][0]["transform"].strip() != made(guids, tuple(types)):
        words["transform"] = flow["transform"]
    return flow["table"] if list(words) == ["table"] else words


def _posted(type_: str) -> str:
    """What a sender posts for a table's column: a stream has no guid."""
    return "string" if type_ == "guid" else type_


def _types(table: Mapping[str, Any]) -> dict[str, str]:
    columns = table.get("columns") or {}
    return {name: value["type"] if isinstance(value, dict) else value for name, value in columns.items()}
