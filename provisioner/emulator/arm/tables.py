"""Tables of a workspace: PUT replaces, PATCH merges, both take their time."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from provisioner.emulator import azure_facts
from provisioner.emulator.arm import long_running_operations, request_bodies, workspaces
from provisioner.emulator.arm.table_checks import (
    check_classic,
    check_columns,
    check_name,
    check_plan,
    check_retention,
    check_schema,
    invalid,
)
from provisioner.emulator.arm.workspaces import TABLE
from provisioner.emulator.http.response import Answer, Refusal, missing_resource
from provisioner.emulator.store import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.emulator.http.request import Call, World


def put(call: Call) -> Answer:
    """Make a table or replace its definition: what the body leaves out is gone or back at its default."""
    return _write(call, replace=True)


def patch(call: Call) -> Answer:
    """Merge columns and settings into a table."""
    return _write(call, replace=False)


def _write(call: Call, *, replace: bool) -> Answer:
    workspace, name = _workspace(call), _spelled(call)
    existing = stored(call.world, workspace, name)
    if existing is None and not replace and name not in azure_facts.builtin():
        raise _missing(call)
    check_name(name)
    check_classic(existing)
    _check_unlocked(existing)
    sent = call.object()
    properties = request_bodies.accept(TABLE, sent).get("properties") or {}
    made = _merged(call, table_id(workspace, name), existing, given=properties, sent=sent, replace=replace)
    _check_room(call, workspace, existing, name)
    headers, ready, error = long_running_operations.begin(
        call, "Microsoft.OperationalInsights", workspace.body["location"], made.id
    )
    if error is None:
        made.private["ready"] = ready
        if existing is None:
            made.private["born"] = call.world.clock.now()
        call.world.store.put(made)
    return Answer(202, headers=headers)


def _merged(
    call: Call,
    resource: str,
    existing: Record | None,
    *,
    given: dict[str, Any],
    sent: dict[str, Any],
    replace: bool,
) -> Record:
    """The table as it will be, after every check."""
    name = resource.rpartition("/")[2]
    old = existing.private if existing else {}
    raw = (sent.get("properties") or {}).get("schema") or {}
    columns = check_schema(name, given.get("schema"), raw)
    if columns is None:
        columns = [] if replace and name in azure_facts.builtin() else old.get("columns", [])
    elif not replace:
        fresh = {each["name"]: each for each in columns}
        columns = [*fresh.values(), *(each for each in old.get("columns", []) if each["name"] not in fresh)]
    check_columns(name, columns, existing)
    plan = given.get("plan") or (old.get("plan", "Analytics"))
    check_plan(name, plan, existing, call.world.clock.now())
    days = given.get("retentionInDays", None if replace else old.get("days"))
    if plan != "Analytics" and "retentionInDays" not in given:
        days = None  # fixed by these plans: what was chosen before the switch no longer counts
    total = given.get("totalRetentionInDays", None if replace else old.get("total"))
    check_retention({"retentionInDays": days, "totalRetentionInDays": total}, plan)
    switched = bool(old) and plan != old["plan"]
    schema = given.get("schema") or {}
    private = {
        **old,
        "plan": plan,
        "columns": columns,
        "types": {**old.get("types", {}), **{each["name"]: each["type"] for each in columns}},
        "days": None if days == -1 else days,
        "total": None if total == -1 else total,
        "description": schema.get("description", None if replace else old.get("description")),
        "display": schema.get("displayName", None if replace else old.get("display")),
        **({"plan_changed": call.world.clock.now()} if switched else {}),
    }
    return Record(existing.id if existing else resource, TABLE, {}, private)


def _check_room(call: Call, workspace: Record, existing: Record | None, name: str) -> None:
    # 500 custom tables, but support raises it (AMD logs/includes/azure-monitor-limits-workspaces.md): a switch.
    limit = call.world.faults.happens("table_limit", call.method, call.path)
    if limit is not None and existing is None and name.endswith("_CL"):
        count = len(call.world.store.find(TABLE, f"{workspace.key}/"))
        if count >= limit.values["most"]:
            raise invalid(f"The workspace has {count} custom tables; the limit is {limit.values['most']}.")


def _check_unlocked(existing: Record | None) -> None:
    # Updating means locked (Tables.json). Two writers inside the 20 ms of an operation that no fault slows are let
    # through: in Azure the window is seconds, and a client that survives it there is tested with slow_operation.
    if existing is None:
        return
    if long_running_operations.left(existing.private) > long_running_operations.QUICK:
        raise Refusal(409, "Conflict", f"Table {existing.name} is being updated and is locked for any changes.")


def get(call: Call) -> Answer:
    """Show a table."""
    workspace = _workspace(call)
    record = stored(call.world, workspace, _spelled(call)) or _given(workspace, _spelled(call))
    if record is None:
        raise _missing(call)
    return Answer(body=show(workspace, record))


def index(call: Call) -> Answer:
    """All tables of a workspace, the built-in ones among them."""
    workspace = _workspace(call)
    shown = [*_shown(call.world, workspace)]
    written = {name for name, _text in shown}
    given = [
        json.dumps(show(workspace, each))
        for name in azure_facts.builtin()
        if name not in written and (each := _given(workspace, name))
    ]
    return Answer(body='{"value":[' + ",".join([*(text for _name, text in shown), *given]) + '],"nextLink":null}')


def _shown(world: World, workspace: Record) -> Iterator[tuple[str, str]]:
    """Name and printed body of each written table; printed once for each state, so that long lists are quick."""
    cache: dict[tuple[str, str, int], str] = world.memory.setdefault("tables", {})
    retention = workspace.body["properties"]["retentionInDays"]
    for resource, private in world.store.texts(TABLE, f"{workspace.key}/"):
        key = (resource, private, retention)
        text = cache.get(key)
        if text is None:
            record = Record(resource, TABLE, {}, json.loads(private))
            text = json.dumps(show(workspace, record), separators=(",", ":"))
            if len(cache) > 5000:
                cache.clear()
            if not long_running_operations.left(record.private):
                cache[key] = text
        yield resource.rpartition("/")[2], text


def delete(call: Call) -> Answer:
    """Delete a custom table; its rows stay for a table of the same name. Azure's own tables cannot go."""
    workspace, name = _workspace(call), _spelled(call)
    if name in azure_facts.builtin():
        raise invalid(f"Table {name} is an Azure table and cannot be deleted.")
    existing = stored(call.world, workspace, name)
    if existing is None:
        return Answer(204)
    check_classic(existing)
    headers, _ready, error = long_running_operations.begin(
        call, "Microsoft.OperationalInsights", workspace.body["location"], existing.id
    )
    if error is None:
        call.world.store.delete(existing.id)
    return Answer(202, headers=headers)


def migrate(call: Call) -> Answer:
    """Turn a classic table into one that collection rules can write to; harmless when it is one already."""
    workspace = _workspace(call)
    record = stored(call.world, workspace, _spelled(call))
    if record is None:
        raise _missing(call)
    record.private["classic"] = False
    call.world.store.put(record)
    return Answer(200)


def stored(world: World, workspace: Record, name: str) -> Record | None:
    """The written table of that exact name: table names have case."""
    record = world.store.get(f"{workspace.id}/tables/{name}")
    return record if record is not None and record.name == name else None


def columns(world: World, workspace: Record, name: str) -> dict[str, str] | None:
    """Name → type of a table's columns without the standard ones; None where a built-in's are not known."""
    record = stored(world, workspace, name)
    own = {each["name"]: each["type"].lower() for each in record.private["columns"]} if record else {}
    if name not in azure_facts.builtin():
        return own
    known = azure_facts.columns(name)
    return None if known is None else {**known, **own}


def show(workspace: Record, record: Record) -> dict[str, Any]:
    """A table's body as GET gives it."""
    private = record.private
    days, total = _retention(workspace, private)
    properties = {
        "totalRetentionInDays": total,
        "archiveRetentionInDays": total - days,
        "plan": private["plan"],
        **({"lastPlanModifiedDate": _date(private["plan_changed"])} if "plan_changed" in private else {}),
        "retentionInDaysAsDefault": private.get("days") is None,
        "totalRetentionInDaysAsDefault": private.get("total") is None,
        "schema": _schema(record),
        "provisioningState": "Updating" if long_running_operations.left(private) else "Succeeded",
        "retentionInDays": days,
    }
    return {"properties": properties, "id": record.id, "name": record.name}


def _retention(workspace: Record, private: dict[str, Any]) -> tuple[int, int]:
    default = workspace.body["properties"]["retentionInDays"] if private["plan"] == "Analytics" else 30
    days = private.get("days") or default
    return days, max(private.get("total") or days, days)


def _schema(record: Record) -> dict[str, Any]:
    private, name = record.private, record.name
    custom = name not in azure_facts.builtin()
    known = (
        {"TenantId": "guid"}
        if custom
        else {"TenantId": "guid", **(azure_facts.columns(name) or {"TimeGenerated": "datetime"})}
    )
    standard = [
        {"name": each, "type": kind, "isDefaultDisplay": False, "isHidden": each == "TenantId"}
        for each, kind in known.items()
    ]
    optional = {"description": private.get("description"), "displayName": private.get("display")}
    subtype = ("Classic" if private.get("classic") else "DataCollectionRuleBased") if custom else "Any"
    return {
        "tableSubType": subtype,
        "name": name,
        **{key: value for key, value in optional.items() if value is not None},
        "tableType": "CustomLog" if custom else "Microsoft",
        "columns": [{**each, "type": each["type"].lower()} for each in private["columns"]],
        "standardColumns": standard,
        "solutions": ["LogManagement"],
        "isTroubleshootingAllowed": True,
    }


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _given(workspace: Record, name: str) -> Record | None:
    """A built-in table that nobody has written to."""
    if name not in azure_facts.builtin():
        return None
    return Record(f"{workspace.id}/tables/{name}", TABLE, {}, {"plan": "Analytics", "columns": []})


def _spelled(call: Call) -> str:
    name = call.names["table"]
    return azure_facts.names().get(name.lower(), name)


def _workspace(call: Call) -> Record:
    workspace = workspaces.require(call)
    if (
        call.method in {"PUT", "PATCH"}
        and long_running_operations.left(workspace.private) > long_running_operations.QUICK
    ):
        raise Refusal(409, "Conflict", f"The workspace '{workspace.name}' is still being created.")
    return workspace


def _missing(call: Call) -> Refusal:
    group = call.names["group"]
    return missing_resource(TABLE, f"{call.names['workspace']}/{call.names['table']}", group)


def table_id(workspace: Record, name: str) -> str:
    """The id of a table."""
    return f"{workspace.id}/tables/{name}"
