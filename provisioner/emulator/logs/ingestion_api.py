"""The Logs Ingestion API: rows through a rule's transforms into tables; what does not fit is lost in silence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from provisioner.emulator import azure_facts
from provisioner.emulator.arm import data_collection_rules, dcr_metrics, tables, workspaces
from provisioner.emulator.arm.access_control import may_ingest
from provisioner.emulator.arm.data_collection_endpoints import KIND as ENDPOINT
from provisioner.emulator.arm.dcr_checks import destinations, flows, output, table_name
from provisioner.emulator.arm.dcr_transform_checks import stream_columns
from provisioner.emulator.arm.rate_limits import spend
from provisioner.emulator.clock import iso
from provisioner.emulator.http.request import strict_json
from provisioner.emulator.http.response import Answer, Refusal
from provisioner.emulator.logs import row_store as stored_rows
from provisioner.emulator.logs.dropped_rows import Drops, sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from provisioner.emulator.http.request import Call, World
    from provisioner.emulator.store import Record

SENT_LIMIT = 1_048_576
"""Bytes of a call as sent; the official client's chunks inflate beyond it: the inflated size has its own limit."""

FIELD_LIMIT = 65_536
PAST, AHEAD = 2 * 86_400, 86_400
"""Seconds that TimeGenerated may lie behind and before the time of receipt; AMD logs/log-standard-columns.md."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One way of a stream: its bound query, the table it leads to and that table's columns (None: not known)."""

    query: Any
    place: str
    table: str
    columns: frozenset[str] | None
    workspace: str
    auxiliary: bool


def post(call: Call) -> Answer:
    """Take an array of objects for a stream: 204, whatever becomes of the rows."""
    rule = _rule(call)
    _check_way(call, rule)
    _check_right(call, rule)
    if len(call.content) > SENT_LIMIT:
        raise too_long(len(call.content))
    spend(call, rule.private["immutable"], len(call.content))
    properties = _properties(call.world, rule)
    stream = _stream(call, rule, properties)
    content = call.inflate()
    if not content.strip() or content.strip() == b"null":
        # Recorded (azure-sdk-for-net tests): an empty body brings 500 without a code.
        raise Refusal(500, None, "The request body is empty.")
    drops = Drops(rule.id, stream)
    try:
        document = strict_json(content)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "InvalidRequestContent", f"The body is not valid JSON: {error}.") from error
    if isinstance(document, list):
        _take(call.world, rule, properties, document, drops)
    else:
        drops.add("NotAnArray", sample(document))
    drops.keep(call.world)
    counts = {"ApiCallReceived_Count": 1, "BytesReceived_Count": len(call.content)}
    dcr_metrics.add(call.world, rule.id, stream, counts)
    return Answer(204)


def too_long(size: int) -> Refusal:
    """413, in the service's words."""
    message = f"Maximum allowed content length: {SENT_LIMIT} bytes (1 MB). Provided content length: {size} bytes."
    return Refusal(413, "ContentLengthLimitExceeded", message)


def _rule(call: Call) -> Record:
    wanted = call.names["rule"]
    known: dict[str, str] = call.world.memory.setdefault("immutable", {})
    record = call.world.store.get(known[wanted]) if wanted in known else None
    if record is None or record.private["immutable"] != wanted:
        record = next(
            (each for each in call.world.store.find(data_collection_rules.KIND) if each.private["immutable"] == wanted),
            None,
        )
    if record is None:
        raise Refusal(404, "NotFound", f"Data collection rule with immutable Id '{wanted}' not found.")
    known[wanted] = record.id
    return record


def _check_way(call: Call, rule: Record) -> None:
    """The address called is an endpoint that exists and that the rule belongs to."""
    host = call.names["host"].lower()
    if call.path.lower().startswith("/direct/"):
        known, bound = rule.private["host"] == host and rule.body.get("kind") == "Direct", True
    else:
        wanted = call.world.store.get(rule.body["properties"].get("dataCollectionEndpointId") or "")
        bound = wanted is not None and wanted.private["host"] == host
        others = (each for each in call.world.store.find(ENDPOINT) if each.private["host"] == host)
        endpoint = wanted if bound else next(others, None)
        known = endpoint is not None
        access = endpoint.body["properties"]["networkAcls"]["publicNetworkAccess"] if endpoint else "Enabled"
        if access != "Enabled":
            message = f"Access to the data collection endpoint is denied: publicNetworkAccess is '{access}'."
            raise Refusal(403, "PublicNetworkAccessDenied", message)
    if not known:
        raise Refusal(404, "NotFound", f"No endpoint '{host}' is known.")
    if not bound:
        raise _denied(rule, bound="False", why="the data collection endpoint is not the one of the rule")


def _check_right(call: Call, rule: Record) -> None:
    if not may_ingest(call.world, call.principal, rule.id):
        raise _denied(
            rule,
            bound="",
            why="Required authorization action was not found for tenantId. Required: "
            "Microsoft.Insights/Telemetry/Write",
        )


def _denied(rule: Record, *, bound: str, why: str) -> Refusal:
    immutable = rule.private["immutable"]
    message = (
        "The authentication token provided does not have access to ingest data for the data collection rule "
        "with immutable Id "
        f"'{immutable}' PipelineAccessResult: AccessGranted: False, IsRbacPresent: False, IsDcrDceBindingValid: "
        f"{bound}, "
        f"DcrArmId: {rule.id}, Message: {why}"
    )
    return Refusal(403, "OperationFailed", message)


def _properties(world: World, rule: Record) -> dict[str, Any]:
    """The rule as the endpoint knows it: for as long as `stale_rules` says, as it was before its last change."""
    changed = rule.private.get("written", 0.0) + world.faults.value("stale_rules", 0.0)
    if "before" in rule.private and world.clock.now() < changed:
        before: dict[str, Any] = rule.private["before"]
        return before
    current: dict[str, Any] = rule.body["properties"]
    return current


def _stream(call: Call, rule: Record, properties: dict[str, Any]) -> str:
    wanted = call.names["stream"]
    if any(wanted in (flow.get("streams") or []) for flow in flows(properties)):
        return wanted
    if wanted in (properties.get("streamDeclarations") or {}):
        return wanted
    message = (
        f"The stream {wanted} was not configured in the data collection rule with immutable Id "
        f"{rule.private['immutable']}"
    )
    raise Refusal(400, "InvalidStream", message)


def _take(world: World, rule: Record, properties: dict[str, Any], document: list[Any], drops: Drops) -> None:
    declared = stream_columns(properties, drops.stream)
    received = world.clock.now()
    objects = list(_objects(document, declared, received, drops))
    found = _flows(world, rule, properties, drops.stream)
    _check_batch(found, objects)
    if not found:
        drops.add("NoFlow", "", "", len(document))
    span = (iso(received - PAST), iso(received), iso(received + AHEAD))
    lost, done = 0, []
    for flow in found:
        kept = [row for row in _evaluate(flow, objects, received, drops) if _finish(row, flow, span, drops)]
        if kept and (reason := _unwelcome(world, flow)):
            drops.add(reason, "", flow.table, len(kept))
            kept = []
        done.append((flow.place, kept))
        lost += max(len(document) - len(kept), 0)
    with world.store.write():  # all flows of a call or none, and for no longer than it takes
        for place, kept in done:
            stored_rows.append(world, place, kept, received)
        counts = {"RowsReceived_Count": len(document), "RowsDropped_Count": lost}
        dcr_metrics.add(world, rule.id, drops.stream, {**counts, "TransformationErrors_Count": drops.failures()})


def _unwelcome(world: World, flow: Flow) -> str | None:
    """Why a workspace takes no rows now; None where it does."""
    workspace = world.store.get(flow.workspace)
    if world.faults.happens("lost_rows", "POST", flow.place):
        return "LostOnRequest"
    if workspace is None:
        return "TableGone"
    if workspace.body["properties"]["publicNetworkAccessForIngestion"] != "Enabled":
        return "IngestionDisabled"
    return "OverQuota" if workspaces.over_quota(world, workspace) else None


def _check_batch(found: list[Flow], objects: list[dict[str, Any]]) -> None:
    """What an auxiliary table refuses of a whole call when no transform stands before it."""
    times = [each["TimeGenerated"] for each in objects if isinstance(each.get("TimeGenerated"), str)]
    if len(times) < 2 or not any(flow.auxiliary for flow in found):
        return
    try:
        instants = [datetime.fromisoformat(each).timestamp() for each in times]
    except ValueError:
        return
    if max(instants) - min(instants) > 30 * 60:
        message = "The time range of the records in the batch is more than 30 minutes."
        raise Refusal(400, "RecordsTimeRangeIsMoreThan30Minutes", message)


def _objects(
    document: list[Any], declared: dict[str, str] | None, received: float, drops: Drops
) -> Iterator[dict[str, Any]]:
    # A record that does not say when it was gets the time of receipt (AMD logs/data-ingestion-time.md); one that
    # says null keeps it and is lost after the transform.
    time = {"TimeGenerated": iso(received)} if declared is None or "TimeGenerated" in declared else {}
    for each in document:
        if not isinstance(each, dict):
            drops.add("NotAnObject", sample(each))
            continue
        if declared is not None:
            for name in each.keys() - declared.keys():
                drops.add("UndeclaredMember", name)
        yield {**time, **each}


def _flows(world: World, rule: Record, properties: dict[str, Any], stream: str) -> list[Flow]:
    """The ways of a stream, bound once for each state of rule and tables."""
    cache: dict[Any, list[Flow]] = world.memory.setdefault("flows", {})
    state = (
        rule.private["immutable"],
        stream,
        rule.body["etag"],
        properties is rule.body["properties"],
        _tables_state(world, properties),
    )
    if state not in cache:
        if len(cache) > 500:
            cache.clear()
        cache[state] = list(_bind(world, properties, stream))
    return cache[state]


def _tables_state(world: World, properties: dict[str, Any]) -> tuple[Any, ...]:
    """What the tables behind a rule look like now."""
    named, state = destinations(properties), []
    for flow in flows(properties):
        for stream in flow.get("streams") or []:
            for destination in flow.get("destinations") or []:
                name, workspace = table_name(output(flow, stream)), world.store.get(named.get(destination, ""))
                record = tables.stored(world, workspace, name) if workspace and name else None
                state.append(
                    (
                        destination,
                        name,
                        json.dumps(record.private["columns"]) if record else None,
                        workspace is not None,
                    )
                )
    return tuple(state)


def _bind(world: World, properties: dict[str, Any], stream: str) -> Iterator[Flow]:
    from provisioner import kql

    named, given = destinations(properties), stream_columns(properties, stream)
    for flow in flows(properties):
        if stream not in (flow.get("streams") or []):
            continue
        for destination in flow.get("destinations") or []:
            workspace, name = world.store.get(named.get(destination, "")), table_name(output(flow, stream))
            if workspace is None or name is None:
                continue
            columns = tables.columns(world, workspace, name)
            exists = name in azure_facts.builtin() or tables.stored(world, workspace, name) is not None
            query, _diagnostics = kql.bind(flow.get("transformKql") or "source", given or {"TimeGenerated": "datetime"})
            place = f"{workspace.body['properties']['customerId']}/{name}"
            if query is not None:
                plain = (flow.get("transformKql") or "source").strip() == "source"
                table = tables.stored(world, workspace, name)
                auxiliary = plain and table is not None and table.private["plan"] == "Auxiliary"
                known = None if columns is None else frozenset(columns)
                yield Flow(query, place if exists else "", name, known, workspace.id, auxiliary)


def _evaluate(flow: Flow, objects: Iterable[dict[str, Any]], received: float, drops: Drops) -> Iterator[dict[str, Any]]:
    """The rows that a transform makes of rows; a row on which it fails is lost alone."""
    from provisioner import kql

    now = datetime.fromtimestamp(received, UTC)
    sent = list(objects)
    try:
        made = list(kql.evaluate(flow.query, sent, now=now, form="json"))
    except Exception:  # noqa: BLE001 - found again below, row by row, and written down
        made = []
        for row in sent:
            try:
                made += kql.evaluate(flow.query, [row], now=now, form="json")
            except Exception as error:  # noqa: BLE001 - the service loses the row and says nothing; we say why
                drops.add("TransformFailed", f"{type(error).__name__}: {error}"[:300], flow.table)
    if len(made) < len(sent):
        drops.add("Filtered", "", flow.table, len(sent) - len(made))
    yield from made


def _finish(row: dict[str, Any], flow: Flow, span: tuple[str, str, str], drops: Drops) -> bool:
    """Make a row fit its table, in place; whether it stays."""
    if not flow.place:
        drops.add("TableGone", "", flow.table)
        return False
    if flow.columns is not None:
        for name in row.keys() - flow.columns:
            del row[name]
            drops.add("ReservedColumn" if name in azure_facts.standard() else "ColumnNotInTable", name, flow.table)
    time = row.get("TimeGenerated")
    if time is None:
        drops.add("NoTimeGenerated", "", flow.table)
        return False
    for name, value in row.items():
        if isinstance(value, str) and len(value) > FIELD_LIMIT // 4 and len(value.encode()) > FIELD_LIMIT:
            row[name] = value.encode()[:FIELD_LIMIT].decode(errors="ignore")
            drops.add("FieldCut", name, flow.table)
    if not span[0] <= time <= span[2]:
        drops.add("TimeGeneratedReplaced", time, flow.table)
        row["TimeGenerated"] = span[1]
    return True
