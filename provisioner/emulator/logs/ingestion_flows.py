"""The data flows of a rule for one stream, their queries bound and their tables looked up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.emulator import azure_facts
from provisioner.emulator.arm import tables
from provisioner.emulator.arm.dcr_body import (
    data_flows,
    output_stream,
    output_table,
    stream_columns,
    workspace_destinations,
)
from provisioner.emulator.logs.row_store import table_key
from provisioner.emulator.state import CacheName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.emulator.state import EmulatorState
    from provisioner.emulator.store import StoredResource


@dataclass(frozen=True, slots=True)
class IngestionFlow:
    """One way of a stream: its bound query, and the table it leads to.

    `key` is that of the table's rows, empty where the table is gone; `columns` are the table's with their types, None
    where not known; `plan` is the table's, in lower case. `read_columns` are the stream's columns that the query uses
    or passes on, with KQL's types. `is_plain`: no transform stands between.
    """

    query: Any
    read_columns: dict[str, str]
    key: str
    table: str
    columns: dict[str, str] | None
    workspace: str
    plan: str
    is_plain: bool


_BOUND_FLOWS: CacheName[tuple[Any, ...], list[IngestionFlow]] = CacheName("bound ingestion flows", limit=500)


def bound_flows(
    state: EmulatorState, rule: StoredResource, properties: dict[str, Any], stream: str
) -> list[IngestionFlow]:
    """The flows of a stream, bound once for each state of the rule and its tables.

    `properties` are those that ingestion works with: the rule's own, or its earlier ones.
    """
    cache = state.cache(_BOUND_FLOWS)
    fingerprint = (
        rule.private["immutable"],
        stream,
        rule.body["etag"],
        properties is rule.body["properties"],
        _tables_fingerprint(state, properties),
    )
    if fingerprint not in cache:
        cache[fingerprint] = list(_bind_flows(state, properties, stream))
    return cache[fingerprint]


def _tables_fingerprint(state: EmulatorState, properties: dict[str, Any]) -> tuple[Any, ...]:
    """What the tables behind a rule look like now: they change without the rule."""
    workspace_ids, fingerprint = workspace_destinations(properties), []
    for flow in data_flows(properties):
        for stream in flow.get("streams") or []:
            for destination in flow.get("destinations") or []:
                name = output_table(output_stream(flow, stream))
                workspace = state.store.get(workspace_ids.get(destination, ""))
                table = tables.find_table(state, workspace, name) if workspace and name else None
                columns = json.dumps(table.private["columns"]) if table else None
                plan = table.private["plan"] if table else None
                fingerprint.append((destination, name, columns, plan, workspace is not None))
    return tuple(fingerprint)


def _bind_flows(state: EmulatorState, properties: dict[str, Any], stream: str) -> Iterator[IngestionFlow]:
    from provisioner import kql

    workspace_ids, input_columns = workspace_destinations(properties), stream_columns(properties, stream)
    for flow in data_flows(properties):
        if stream not in (flow.get("streams") or []):
            continue
        transform = flow.get("transformKql") or "source"
        for destination in flow.get("destinations") or []:
            workspace = state.store.get(workspace_ids.get(destination, ""))
            name = output_table(output_stream(flow, stream))
            if workspace is None or name is None:
                continue
            # The rule was checked when it was written; a table changed since may make a query void.
            columns = input_columns or {"TimeGenerated": "datetime"}
            query, _diagnostics = kql.bind(transform, columns)
            if query is not None:
                read = set(query.reads).union(*query.lineage.values())
                read_columns = {column: type_ for column, type_ in columns.items() if column in read}
                is_plain = transform.strip() == "source"
                yield _flow_to_table(state, query, read_columns, workspace, name, is_plain=is_plain)


def _flow_to_table(
    state: EmulatorState,
    query: Any,
    read_columns: dict[str, str],
    workspace: StoredResource,
    name: str,
    *,
    is_plain: bool,
) -> IngestionFlow:
    table = tables.find_table(state, workspace, name)
    exists = table is not None or name in azure_facts.azure_tables()
    return IngestionFlow(
        query,
        read_columns,
        table_key(workspace.body["properties"]["customerId"], name) if exists else "",
        name,
        tables.table_columns(state, workspace, name),
        workspace.id,
        table.private["plan"].lower() if table else "analytics",
        is_plain,
    )
