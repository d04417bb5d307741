"""The flows that a plan changes, each as it is in Azure and as the manifest wants it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from provisioner.model import Columns, Manifest, Stream
from provisioner.plan.change import Change
from provisioner.plan.compare import is_same_query
from provisioner.plan.planning import Plan
from provisioner.resources import Body, Key, Resource
from provisioner.resources.dcr_resource import flatten
from provisioner.resources.table_resource import all_table_columns
from provisioner.transforms.builtin_tables import published_columns
from provisioner.transforms.table_columns import known_columns


@dataclass(frozen=True, slots=True)
class FlowSide:
    """A flow on one side: its transform, the columns of its stream, and those of its table (None: not known)."""

    transform: str
    columns: Columns
    table_columns: Columns | None


@dataclass(frozen=True, slots=True)
class FlowPair:
    """A flow that Azure has and the manifest changes; `change` is the one under which it is reported."""

    change: Key
    stream: Stream
    table: str
    live: FlowSide
    desired: FlowSide


def changed_flows(plan: Plan, manifest: Manifest) -> Iterator[FlowPair]:
    """The flows whose transform, stream or table differ between the two sides, in the order of the plan.

    Flows that only one side has are not among them: nothing of theirs can be compared.
    """
    changes = {change.key: change for change in plan.changes if _alters_rows(change)}
    if not changes:
        return
    changed_tables = {name for type_name, name in changes if type_name == "table"}
    for resource in plan.desired.of_type("dcr"):
        live = plan.live.graph.get(resource.key)
        if live is None or (resource.key not in changes and not changed_tables):
            continue
        for pair in _flow_pairs(resource, live, plan, manifest):
            if resource.key in changes and _differs(pair):
                yield pair
            elif pair.table in changed_tables and pair.live.table_columns != pair.desired.table_columns:
                yield replace(pair, change=("table", pair.table))


def _alters_rows(change: Change) -> bool:
    """Whether a change of a live resource can alter what its rows hold."""
    parts = ("dataFlows", "streamDeclarations", "schema.columns")
    return (
        change.live is not None
        and change.desired is not None
        and (bool(change.removed_columns) or any(part in delta.pattern for delta in change.deltas for part in parts))
    )


def _differs(pair: FlowPair) -> bool:
    live, desired = pair.live, pair.desired
    return (
        dict(live.columns) != dict(desired.columns)
        or live.table_columns != desired.table_columns
        or not is_same_query(live.transform, desired.transform)
    )


def _flow_pairs(resource: Resource, live: Resource, plan: Plan, manifest: Manifest) -> Iterator[FlowPair]:
    """The flows that both bodies of a DCR have, by the stream's name in Azure and the table."""
    streams_by_name = {
        manifest.streams[key].name: manifest.streams[key]
        for dcr in manifest.dcrs.values()
        if dcr.name == resource.name
        for key in dcr.streams
    }
    live_flows, desired_flows = _flows_of(live.body), _flows_of(plan.desired.resolved_body(resource))
    for (stream_name, folded_table), (transform, columns) in desired_flows.items():
        stream = streams_by_name.get(stream_name)
        counterpart = live_flows.get((stream_name, folded_table))
        # Streams of data sources have no records of the author, and a new flow has nothing to be compared with.
        if stream is None or counterpart is None:
            continue
        table = next((flow.table for flow in stream.flows if flow.table.lower() == folded_table), folded_table)
        before, after = _table_sides(table, plan, manifest)
        # A stream of Azure's own has no declaration; the manifest's columns then stand for both sides.
        live_columns = _typed_columns(counterpart[1]) or stream.columns
        desired_columns = _typed_columns(columns) or stream.columns
        # Equal columns are the same object, so that a transform that was bound for other checks is not bound again.
        if dict(desired_columns) == dict(stream.columns):
            desired_columns = stream.columns
        if dict(live_columns) == dict(desired_columns):
            live_columns = desired_columns
        yield FlowPair(
            resource.key,
            stream,
            table,
            FlowSide(counterpart[0], live_columns, before),
            FlowSide(transform, desired_columns, after),
        )


def _flows_of(body: Body) -> dict[tuple[str, str], tuple[str, Mapping[str, Any]]]:
    """Stream and table (in lower case, as Azure compares it) → transform and declared columns."""
    streams: Mapping[str, Any] = flatten(body).fields["streams"]
    return {
        (name, flow["table"].lower()): (flow["transform"], stream.get("columns") or {})
        for name, stream in streams.items()
        for flow in stream["flows"]
    }


def _typed_columns(fields: Mapping[str, Any]) -> Columns:
    return Columns({name: field["type"] if isinstance(field, Mapping) else field for name, field in fields.items()})


def _table_sides(table: str, plan: Plan, manifest: Manifest) -> tuple[Columns | None, Columns | None]:
    """The table's columns before and after; None for both where either is not known."""
    declared = known_columns(table, manifest)
    live = plan.live.graph.get(("table", table))
    if live is None or declared is None:
        return declared, declared
    # Both sides have what is published of a table of Azure's, whether or not the answer lists it.
    published = published_columns(table) or {}
    before = {**published, **all_table_columns(live.body)}
    removed = next((change.removed_columns for change in plan.changes if change.key == live.key), frozenset())
    after = {name: type_ for name, type_ in {**before, **declared}.items() if name not in removed}
    return Columns(before), Columns(after)
