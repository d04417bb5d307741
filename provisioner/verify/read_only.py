"""Verify without sending: what is live against the manifest, who may send, and how old the newest rows are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from provisioner import kql
from provisioner.errors import CloudError
from provisioner.model import Dcr, Flow, Manifest, Stream
from provisioner.probes.arrival import Arrival, Diagnosis, VerifyResult
from provisioner.probes.expected_row import instant
from provisioner.probes.live_state import Scene, plan_of
from provisioner.resources import Body
from provisioner.resources.dcr_resource import ingestion_endpoint
from provisioner.resources.grant_resource import role_id
from provisioner.text import plural
from provisioner.verify.row_lookup import SEARCHED

if TYPE_CHECKING:
    from provisioner.azure import Azure

_NEXT = "run `plan`: it was changed by hand or not applied yet"
_LEGS = 50


def read(manifest: Manifest, scene: Scene, azure: Azure, streams: Sequence[str] = ()) -> VerifyResult:
    """One result for each stream, DCR and table; what is wrong is told by the first departure found."""
    from provisioner.verify.verification import workspace_id

    scene.trust()
    chosen = [stream for key, stream in manifest.streams.items() if not streams or key in streams]
    tables = sorted({flow.table for stream in chosen for flow in stream.flows})
    newest, trouble = _newest(scene, azure, workspace_id(scene), tables)
    ways = [(stream, dcr, flow) for stream in chosen for dcr in manifest.dcrs_of(stream.key) for flow in stream.flows]
    with ThreadPoolExecutor(azure.concurrency, "read") as pool:
        found = tuple(pool.map(lambda way: _way(scene, way[0], way[1], way[2], newest.get(way[2].table)), ways))
    notes = ("nothing was sent (`verify: {send: false}`)", *trouble)
    unreadable = tuple(f"{what} could not be read: {why}" for what, why in scene.unreadable.items())
    return VerifyResult("", found, sent=False, notes=(*notes, *unreadable))


def _way(scene: Scene, stream: Stream, dcr: Dcr, flow: Flow, newest: tuple[Any, int] | None) -> Arrival:
    """The first departure is the diagnosis; the others are told beside it."""
    wrong = list(_departures(scene, stream, dcr, flow, scene.rule(dcr.name)))
    notes = (*(f"also: {each.message}" for each in wrong[1:]), *_notes(scene, stream, dcr, newest))
    cause = wrong[0] if wrong else None
    return Arrival(stream.key, flow.table, dcr.name, 0, 0, ok=not wrong, diagnosis=cause, notes=notes)


def _departures(scene: Scene, stream: Stream, dcr: Dcr, flow: Flow, rule: Body | None) -> Iterator[Diagnosis]:
    """What would keep a record from arriving, on its way from the endpoint to the table."""
    if rule is None:
        yield _is("rule-missing", f"the rule {dcr.name} is not there or cannot be read", scene.id("dcr", dcr.name))
        return
    endpoint = scene.endpoint(rule)
    if ingestion_endpoint(rule, endpoint) is None:
        yield _is("endpoint-missing", f"the rule {dcr.name} has no endpoint that takes records", str(rule.get("kind")))
    yield from _stream(scene, stream, rule)
    yield from _flow(scene, stream, flow, rule)
    yield from _table(scene, stream, flow)
    yield from _grants(scene, dcr)
    capping = ((scene.workspace() or {}).get("properties") or {}).get("workspaceCapping") or {}
    if capping.get("dataIngestionStatus") in {"OverQuota", "ForceOff", "SubscriptionSuspended"}:
        status = capping["dataIngestionStatus"]
        yield Diagnosis(
            "daily-cap", f"the workspace has stopped taking rows ({status})", (), "raise its daily cap or wait"
        )


def _stream(scene: Scene, stream: Stream, rule: Body) -> Iterator[Diagnosis]:
    live = scene.stream_columns(rule, stream.name)
    if live is None:
        if not stream.name.startswith("Microsoft-"):
            yield _is("stream-missing", f"the live rule has no stream {stream.name}", "")
        return
    gone = [name for name in stream.columns if name not in live]
    if gone:
        yield _is("column-not-in-stream", f"the live stream {stream.name} does not declare {', '.join(gone)}", "")
    other = [name for name, type_ in stream.columns.items() if name in live and live[name].lower() != type_.lower()]
    if other:
        yield _is("type-other", f"in the live stream {stream.name} another type has: {', '.join(other)}", "")


def _flow(scene: Scene, stream: Stream, flow: Flow, rule: Body) -> Iterator[Diagnosis]:
    live = next((each for each in scene.flows(rule, stream.name) if each.table == flow.table), None)
    if live is None:
        yield _is("flow-missing", f"the live rule does not lead {stream.name} into {flow.table}", "")
        return
    wanted, found = scene.id("workspace", scene.manifest.workspace.name), scene.destination(rule, live)
    if found and found.lower() != wanted.lower():
        yield _is("workspace-other", f"the live rule sends {stream.name} to another workspace", found)
    if not kql.same(live.transform, flow.transform):
        yield _is("transform-other", f"the live transform into {flow.table} is not the manifest's", live.transform)


def _table(scene: Scene, stream: Stream, flow: Flow) -> Iterator[Diagnosis]:
    columns = scene.columns(flow.table)
    if columns is None:
        if "table" not in scene.unreadable:
            yield _is("table-missing", f"the table {flow.table} is not there", scene.id("table", flow.table))
        return
    declared = scene.manifest.tables.get(flow.table)
    gone = [name for name in (declared.columns if declared else ()) if name not in columns]
    if gone:
        yield _is("column-not-in-table", f"the live table {flow.table} has no column {', '.join(gone)}", "")
    wanted = declared.columns.kql() if declared else {}
    other = [name for name, type_ in wanted.items() if name in columns and columns[name] != type_]
    if other:
        yield _is("type-other", f"in the live table {flow.table} another type has: {', '.join(other)}", "")
    query, _ = scene.transforms.bind(stream, flow)
    lost = [name for name in (query.columns if query else ()) if name not in columns]
    if lost:
        yield _is(
            "column-not-in-table", f"the transform writes {', '.join(lost)}, which {flow.table} does not have", ""
        )


def _grants(scene: Scene, dcr: Dcr) -> Iterator[Diagnosis]:
    held = scene.assignments(scene.id("dcr", dcr.name))
    if held is None:
        return
    told = [each.get("properties") or {} for each in held]
    for grant in scene.manifest.grants.values():
        principal = scene.identity.object_id if grant.principal == "self" else grant.principal
        if dcr.name not in grant.dcrs or not principal:
            continue
        role = role_id(grant.role)
        if not any(
            str(each.get("principalId", "")).lower() == principal.lower()
            and str(each.get("roleDefinitionId", "")).lower().endswith(role)
            for each in told
        ):
            yield _is("grant-missing", f"grant {grant.name!r}: {principal} has no {grant.role} on {dcr.name}", "")


def _notes(scene: Scene, stream: Stream, dcr: Dcr, newest: tuple[Any, int] | None) -> Iterator[str]:
    if newest is None or newest[0] is None:
        yield "no row in the last 30 days"
    else:
        moment = instant(newest[0])
        age = f", {_ago(scene.now() - moment)} old" if moment else ""
        yield f"newest row {newest[0]}{age}; {plural(newest[1], 'row')} in the last 30 days"
    told = scene.drops(dcr.name, stream.name, scene.now() - dt.timedelta(minutes=30))
    if told is not None:
        counts = ", ".join(f"{name} {count:g}" for name, count in told.items())
        yield f"{dcr.name} in the last 30 minutes: {counts}"


def _newest(
    scene: Scene, azure: Azure, workspace: str, tables: Sequence[str]
) -> tuple[dict[str, tuple[Any, int]], tuple[str, ...]]:
    """Table → newest TimeGenerated and count; and what could not be asked."""
    found: dict[str, tuple[Any, int]] = {}
    trouble = []
    there = [table for table in tables if scene.table(table) is not None]
    groups = [[t for t in there if plan_of(scene.table(t)) not in SEARCHED]]
    parts = [group[n : n + _LEGS] for group in groups for n in range(0, len(group), _LEGS)]
    for part in parts:
        legs = ", ".join(
            f"({t} | summarize Newest = max(TimeGenerated), Count = count() | extend Place = '{t}')" for t in part
        )
        try:
            for row in azure.query.run(workspace, f"union isfuzzy=true {legs}", "P30D"):
                found[str(row["Place"])] = (row["Newest"], int(row["Count"]))
        except CloudError as error:
            trouble.append(f"rows could not be counted: {error.message}")
    alone = [t for t in there if t not in {each for part in parts for each in part}]
    if alone:
        trouble.append(
            f"rows of {', '.join(alone)} are not counted: queries of Basic and Auxiliary tables are billed by the GB"
        )
    return found, tuple(trouble)


def _is(code: str, message: str, evidence: str) -> Diagnosis:
    return Diagnosis(code, message, (evidence,) if evidence else (), _NEXT)


def _ago(age: dt.timedelta) -> str:
    seconds = max(0, int(age.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
