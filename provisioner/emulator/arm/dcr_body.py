"""Reading a data collection rule's properties: its flows, destinations, output tables and streams."""

from __future__ import annotations

from typing import Any

from provisioner.emulator import azure_facts
from provisioner.model import WORKSPACE_STREAM_PREFIX
from provisioner.model.column_types import column_type


def data_flows(properties: dict[str, Any]) -> list[dict[str, Any]]:
    """The data flows of a rule."""
    return properties.get("dataFlows") or []


def workspace_destinations(properties: dict[str, Any]) -> dict[str, str]:
    """Name → workspace id of the Log Analytics destinations."""
    listed = (properties.get("destinations") or {}).get("logAnalytics") or []
    return {destination.get("name") or "": destination.get("workspaceResourceId") or "" for destination in listed}


def all_destinations(properties: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Group and body of every destination; a group is a list of destinations or a single one."""
    return [
        (group_name, destination)
        for group_name, group in (properties.get("destinations") or {}).items()
        for destination in (group if isinstance(group, list) else [group])
        if destination
    ]


def output_stream(flow: dict[str, Any], stream: str) -> str:
    """The output stream of an input stream in a flow: itself where the flow names none."""
    return flow.get("outputStream") or stream


def output_table(stream: str) -> str | None:
    """The table that an output stream means; None where its name means none."""
    # What flows into a workspace on other ways is called Microsoft-Table-<table> by the workspace's own rule.
    for prefix in ("Custom-", WORKSPACE_STREAM_PREFIX, "Microsoft-"):
        if stream.startswith(prefix):
            return stream.removeprefix(prefix)
    return None


def stream_columns(properties: dict[str, Any], stream: str) -> dict[str, str] | None:
    """Name → KQL type of an input stream; those of a built-in stream are its table's, None where not known."""
    declared = (properties.get("streamDeclarations") or {}).get(stream)
    if declared is None:
        table = output_table(stream) or stream
        return azure_facts.builtin_columns(table) if table in azure_facts.azure_tables() else None
    return {column["name"]: kql_type(column["type"]) for column in declared["columns"]}


def kql_type(type_name: str) -> str:
    """The KQL name of a type as streams and tables spell it."""
    known_type = column_type(type_name)
    return known_type.kql if known_type else type_name
