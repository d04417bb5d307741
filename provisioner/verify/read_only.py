"""Verify without sending: the live environment against the manifest, who may send, and how old the newest rows are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner import kql
from provisioner.diagnose.evidence import RUN_PLAN
from provisioner.errors import CloudError
from provisioner.model import SELF, Dcr, Flow, Grant, PrincipalReference, Stream
from provisioner.probes.arrival import Arrival, Diagnosis, VerifyResult
from provisioner.probes.expected_row import parse_time
from provisioner.probes.live_bodies import (
    STOPPED_INGESTION,
    destination_workspace_id,
    live_flows,
    properties_of,
    stream_columns,
    table_plan,
)
from provisioner.probes.live_state import LiveState
from provisioner.reports.durations import format_age
from provisioner.resources import Body
from provisioner.resources.dcr_resource import ingestion_endpoint
from provisioner.resources.grant_resource import role_id
from provisioner.text import plural
from provisioner.verify.row_lookup import MAX_TABLES_IN_UNION, SEARCH_PATH_PLANS

if TYPE_CHECKING:
    from provisioner.azure import Azure


@dataclass(frozen=True, slots=True)
class _NewestRow:
    """The newest row of a table: its TimeGenerated as JSON (None without rows), and how many rows there are."""

    time: Any
    count: int


def check_without_sending(live: LiveState, azure: Azure, streams: Sequence[str] = ()) -> VerifyResult:
    """One result for each stream, DCR and table; the first departure from the manifest is its diagnosis.

    `streams` are keys, all where empty. Raises CloudError for what stops the whole run.
    """
    manifest = live.manifest
    # Nothing is sent, so nothing changes meanwhile: what was read for the live graph is good enough.
    live.seed_cache()
    selected = [stream for key, stream in manifest.streams.items() if not streams or key in streams]
    tables = sorted({flow.table for stream in selected for flow in stream.flows})
    newest, problems = _newest_rows(live, azure, tables)
    routes = [
        (stream, dcr, flow) for stream in selected for dcr in manifest.dcrs_of(stream.key) for flow in stream.flows
    ]
    with ThreadPoolExecutor(azure.concurrency, "read") as pool:
        arrivals = tuple(pool.map(lambda route: _check_route(live, *route, newest=newest.get(route[2].table)), routes))
    unreadable = (f"{what} could not be read: {why}" for what, why in live.unreadable.items())
    notes = ("nothing was sent (`verify: {send: false}`)", *problems, *unreadable)
    return VerifyResult("", arrivals, sent=False, notes=notes)


def _check_route(live: LiveState, stream: Stream, dcr: Dcr, flow: Flow, *, newest: _NewestRow | None) -> Arrival:
    """The first departure is the diagnosis; the others are notes."""
    departures = list(_departures(live, stream, dcr, flow, live.dcr(dcr.name)))
    others = (f"also: {departure.message}" for departure in departures[1:])
    notes = (*others, *_notes(live, stream, dcr, newest))
    diagnosis = departures[0] if departures else None
    return Arrival(stream.key, flow.table, dcr.name, 0, 0, ok=not departures, diagnosis=diagnosis, notes=notes)


def _departures(live: LiveState, stream: Stream, dcr: Dcr, flow: Flow, body: Body | None) -> Iterator[Diagnosis]:
    """What would keep a record from arriving, in the order of its way from the endpoint to the table."""
    if body is None:
        id_ = live.id_of("dcr", dcr.name)
        yield _departure("rule-missing", f"the rule {dcr.name} is not there or cannot be read", id_)
        return
    if ingestion_endpoint(body, live.endpoint(body)) is None:
        message = f"the rule {dcr.name} has no endpoint that takes records"
        yield _departure("endpoint-missing", message, str(body.get("kind")))
    yield from _stream_departures(stream, body)
    yield from _flow_departures(live, stream, flow, body)
    yield from _table_departures(live, stream, flow)
    yield from _grant_departures(live, dcr)
    capping = properties_of(live.workspace()).get("workspaceCapping") or {}
    status = capping.get("dataIngestionStatus")
    if status in STOPPED_INGESTION:
        message = f"the workspace has stopped taking rows ({status})"
        yield Diagnosis("daily-cap", message, (), "raise its daily cap or wait")


def _stream_departures(stream: Stream, dcr: Body) -> Iterator[Diagnosis]:
    columns = stream_columns(dcr, stream.name)
    if columns is None:
        # Azure's own streams (Microsoft-…) are known to a DCR without a declaration.
        if not stream.name.startswith("Microsoft-"):
            yield _departure("stream-missing", f"the live rule has no stream {stream.name}")
        return
    lacking = [name for name in stream.columns if name not in columns]
    if lacking:
        message = f"the live stream {stream.name} does not declare {', '.join(lacking)}"
        yield _departure("column-not-in-stream", message)
    retyped = [name for name, type_ in stream.columns.items() if columns.get(name, type_).lower() != type_.lower()]
    if retyped:
        yield _departure("type-other", f"in the live stream {stream.name} another type has: {', '.join(retyped)}")


def _flow_departures(live: LiveState, stream: Stream, flow: Flow, dcr: Body) -> Iterator[Diagnosis]:
    live_flow = next((one for one in live_flows(dcr, stream.name) if one.table == flow.table), None)
    if live_flow is None:
        yield _departure("flow-missing", f"the live rule does not lead {stream.name} into {flow.table}")
        return
    desired = live.id_of("workspace", live.manifest.workspace.name)
    actual = destination_workspace_id(dcr, live_flow)
    if actual and actual.lower() != desired.lower():
        yield _departure("workspace-other", f"the live rule sends {stream.name} to another workspace", actual)
    if not kql.same(live_flow.transform, flow.transform):
        message = f"the live transform into {flow.table} is not the manifest's"
        yield _departure("transform-other", message, live_flow.transform)


def _table_departures(live: LiveState, stream: Stream, flow: Flow) -> Iterator[Diagnosis]:
    columns = live.table_columns(flow.table)
    if columns is None:
        if "table" not in live.unreadable:
            id_ = live.id_of("table", flow.table)
            yield _departure("table-missing", f"the table {flow.table} is not there", id_)
        return
    table = live.manifest.tables.get(flow.table)
    declared = table.columns.kql() if table else {}
    lacking = [name for name in declared if name not in columns]
    if lacking:
        yield _departure("column-not-in-table", f"the live table {flow.table} has no column {', '.join(lacking)}")
    retyped = [name for name, type_ in declared.items() if columns.get(name, type_) != type_]
    if retyped:
        yield _departure("type-other", f"in the live table {flow.table} another type has: {', '.join(retyped)}")
    lost = [name for name in live.transforms.facts(stream, flow).spans if name not in columns]
    if lost:
        message = f"the transform writes {', '.join(lost)}, which {flow.table} does not have"
        yield _departure("column-not-in-table", message)


def _grant_departures(live: LiveState, dcr: Dcr) -> Iterator[Diagnosis]:
    assignments = live.role_assignments(live.id_of("dcr", dcr.name))
    if assignments is None:
        return
    held = [
        (str(properties.get("principalId", "")).lower(), str(properties.get("roleDefinitionId", "")).lower())
        for properties in map(properties_of, assignments)
    ]
    for grant in live.manifest.grants.values():
        principal = _object_id(grant, live)
        if dcr.name not in grant.dcrs or not principal:
            continue
        role = role_id(grant.role)
        if not any(holder == principal.lower() and definition.endswith(role) for holder, definition in held):
            message = f"grant {grant.name!r}: {principal} has no {grant.role} on {dcr.name}"
            yield _departure("grant-missing", message)


def _object_id(grant: Grant, live: LiveState) -> str | None:
    """The object id of a grant's principal; None where it is not known."""
    if isinstance(grant.principal, PrincipalReference):
        return live.principals.object_ids.get(grant.principal)
    return live.identity.object_id if grant.principal == SELF else grant.principal


def _notes(live: LiveState, stream: Stream, dcr: Dcr, newest: _NewestRow | None) -> Iterator[str]:
    if newest is None or newest.time is None:
        yield "no row in the last 30 days"
    else:
        time = parse_time(newest.time)
        age = f", {format_age(live.now() - time)} old" if time else ""
        yield f"newest row {newest.time}{age}; {plural(newest.count, 'row')} in the last 30 days"
    counts = live.dropped_rows(dcr.name, stream.name, live.now() - dt.timedelta(minutes=30))
    if counts is not None:
        text = ", ".join(f"{name} {count:g}" for name, count in counts.items())
        yield f"{dcr.name} in the last 30 minutes: {text}"


def _newest_rows(live: LiveState, azure: Azure, tables: Sequence[str]) -> tuple[dict[str, _NewestRow], list[str]]:
    """Table → its newest row of the last 30 days; and notes on what could not be asked."""
    newest: dict[str, _NewestRow] = {}
    problems = []
    existing = [table for table in tables if live.table(table) is not None]
    countable = [table for table in existing if table_plan(live.table(table)) not in SEARCH_PATH_PLANS]
    for start in range(0, len(countable), MAX_TABLES_IN_UNION):
        parts = ", ".join(
            f"({table} | summarize Newest = max(TimeGenerated), Count = count() | extend Place = '{table}')"
            for table in countable[start : start + MAX_TABLES_IN_UNION]
        )
        try:
            for row in azure.query.run(live.workspace_customer_id(), f"union isfuzzy=true {parts}", "P30D"):
                newest[str(row["Place"])] = _NewestRow(row["Newest"], int(row["Count"]))
        except CloudError as error:
            problems.append(f"rows could not be counted: {error.message}")
    # Queries of these plans are billed by the data that they scan: 30 days of a table are not read for a note.
    uncounted = [table for table in existing if table not in countable]
    if uncounted:
        names = ", ".join(uncounted)
        problems.append(f"rows of {names} are not counted: queries of Basic and Auxiliary tables are billed by the GB")
    return newest, problems


def _departure(code: str, message: str, evidence: str = "") -> Diagnosis:
    return Diagnosis(code, message, (evidence,) if evidence else (), RUN_PLAN)
