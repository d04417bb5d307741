"""Tables of a workspace: PUT replaces, PATCH merges, both as long-running operations."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from provisioner.emulator import azure_facts
from provisioner.emulator.arm import deleted_tables, long_running_operations, request_bodies, workspaces
from provisioner.emulator.arm.table_checks import (
    check_columns,
    check_description,
    check_name,
    check_no_job,
    check_not_classic,
    check_plan,
    check_retention,
    invalid_parameter,
    validated_columns,
)
from provisioner.emulator.arm.workspaces import TABLE
from provisioner.emulator.http.response import ApiError, Response, resource_not_found
from provisioner.emulator.state import CacheName
from provisioner.emulator.store import StoredResource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.emulator.http.request import Request
    from provisioner.emulator.state import EmulatorState


_PRINTED: CacheName[tuple[str, str, int], str] = CacheName("printed tables", limit=5000)
"""Id, private part as text and the workspace's retention → body as text."""
_UNWRITTEN: CacheName[tuple[str, int], dict[str, str]] = CacheName("unwritten tables", limit=50)
"""Id of a workspace and its retention → the bodies of tables that nobody has written to, by name."""


def put(request: Request) -> Response:
    """Create a table or replace its definition: what the body leaves out is deleted or back at its default."""
    return _write(request, replace=True)


def patch(request: Request) -> Response:
    """Merge columns and settings into a table."""
    return _write(request, replace=False)


def _write(request: Request, *, replace: bool) -> Response:
    workspace, name = _require_workspace(request), _proper_name(request)
    existing = find_table(request.state, workspace, name)
    # A PATCH of a table that does not exist is 404; a built-in one exists without having been written to.
    if existing is None and not replace and name not in azure_facts.azure_tables():
        raise _table_not_found(request)
    sent = request.parse_json_object()
    check_no_job(name, sent)
    check_name(name)
    check_not_classic(existing)
    _check_unlocked(existing)
    properties = request_bodies.accept_body(TABLE, sent).get("properties") or {}
    table = _merged_table(
        request, table_id(workspace, name), existing, properties=properties, sent=sent, replace=replace
    )
    _check_table_limit(request, workspace, existing, name)
    headers, ready, error = long_running_operations.begin_operation(
        request, "Microsoft.OperationalInsights", workspace.body["location"], table.id
    )
    # A failed operation changes nothing; the client learns of it from the operation alone.
    if error is None:
        table.private["ready"] = ready
        if existing is None:
            table.private["born"] = request.state.clock.now()
            deleted_tables.purge_expired_rows(request.state, workspace, table.name)
        request.state.store.put(table)
    return Response(202, headers=headers)


def _merged_table(
    request: Request,
    table_id: str,
    existing: StoredResource | None,
    *,
    properties: dict[str, Any],
    sent: dict[str, Any],
    replace: bool,
) -> StoredResource:
    """The table as it will be; `properties` are accepted, `sent` is the body as it came. Raises ApiError 400."""
    name = table_id.rpartition("/")[2]
    old = existing.private if existing else {}
    sent_schema = (sent.get("properties") or {}).get("schema") or {}
    columns = validated_columns(name, properties.get("schema"), sent_schema)
    if columns is None:
        # A PUT without columns takes a built-in table's added ones away, and leaves a custom table as it is.
        columns = [] if replace and name in azure_facts.azure_tables() else old.get("columns", [])
    elif not replace:
        sent_columns = {column["name"]: column for column in columns}
        columns = [
            *sent_columns.values(),
            *(column for column in old.get("columns", []) if column["name"] not in sent_columns),
        ]
    check_description(properties.get("schema") or {}, request.state.policy)
    check_columns(name, columns, existing, request.state.policy)
    plan = properties.get("plan") or (old.get("plan", "Analytics"))
    check_plan(name, plan, existing, request.state.clock.now(), request.state.policy)
    # PUT resets what it leaves out, PATCH leaves it; AMD logs/data-retention-configure.md.
    days = properties.get("retentionInDays", None if replace else old.get("days"))
    if plan != "Analytics" and "retentionInDays" not in properties:
        days = None  # fixed by these plans: what was chosen before the switch no longer counts
    total = _sent_total(request, existing, properties, days, replace=replace)
    check_retention({"retentionInDays": days, "totalRetentionInDays": total}, plan)
    # One of Azure's tables had the plan Analytics before anything was written to it.
    old_plan = old.get("plan", "Analytics" if name in azure_facts.azure_tables() else plan)
    switched = plan != old_plan
    schema = properties.get("schema") or {}
    private = {
        **old,
        "plan": plan,
        "columns": columns,
        # Never forgotten: a deleted column cannot come back with another type (AMD logs/custom-logs-migrate.md).
        "types": {**old.get("types", {}), **{column["name"]: column["type"] for column in columns}},
        "days": None if days == -1 else days,
        "total": None if total == -1 else total,
        "description": schema.get("description", None if replace else old.get("description")),
        "display": schema.get("displayName", None if replace else old.get("display")),
        **({"plan_changed": request.state.clock.now()} if switched else {}),
    }
    return StoredResource(existing.id if existing else table_id, TABLE, {}, private)


def _sent_total(
    request: Request, existing: StoredResource | None, properties: dict[str, Any], days: int | None, *, replace: bool
) -> int | None:
    """The total retention that a body asks for; None for the default, which is at least the interactive days."""
    old = existing.private if existing else {}
    total: int | None = properties.get("totalRetentionInDays", None if replace else old.get("total"))
    # A client that reads, changes the retention and writes sends the default's number back: it stays the default,
    # which follows the retention (totalRetentionInDaysAsDefault), instead of standing in its way.
    if old.get("total") is None and total is not None and days is not None and total < days:
        workspace = _require_workspace(request)
        shown = _retention(workspace, {"plan": "Analytics", **old})[1]
        return None if total == shown else total
    return total


def _check_table_limit(request: Request, workspace: StoredResource, existing: StoredResource | None, name: str) -> None:
    # 500 custom tables, but support raises it (AMD logs/includes/azure-monitor-limits-workspaces.md): a switch.
    limit = request.state.faults.happens("table_limit", request.method, request.path)
    if limit is not None and existing is None and name.endswith("_CL"):
        count = len(request.state.store.find_by_type(TABLE, f"{workspace.key}/"))
        if count >= limit.values["most"]:
            raise invalid_parameter(f"The workspace has {count} custom tables; the limit is {limit.values['most']}.")


def _check_unlocked(existing: StoredResource | None) -> None:
    # Updating means locked (Tables.json). Two writers inside the 20 ms of an operation that no fault slows are let
    # through: in Azure the window is seconds, and a client that survives it there is tested with slow_operation.
    if existing is None:
        return
    if long_running_operations.seconds_left(existing.private) > long_running_operations.QUICK_SECONDS:
        raise ApiError(409, "Conflict", f"Table {existing.name} is being updated and is locked for any changes.")


def get(request: Request) -> Response:
    """Show a table."""
    workspace = _require_workspace(request)
    record = find_table(request.state, workspace, _proper_name(request)) or _unwritten_builtin(
        workspace, _proper_name(request)
    )
    if record is None:
        raise _table_not_found(request)
    return Response(body=current_body(workspace, record))


def list_all(request: Request) -> Response:
    """All tables of a workspace, the built-in ones among them."""
    workspace = _require_workspace(request)
    written_bodies = [*_printed_bodies(request.state, workspace)]
    written_names = {name for name, _text in written_bodies}
    unwritten = [
        text for name, text in _unwritten_bodies(request.state, workspace).items() if name not in written_names
    ]
    return Response(
        body='{"value":[' + ",".join([*(text for _name, text in written_bodies), *unwritten]) + '],"nextLink":null}'
    )


def _unwritten_bodies(state: EmulatorState, workspace: StoredResource) -> dict[str, str]:
    """Name → body as JSON text of each of Azure's tables as it is before any write: a workspace lists some 900."""
    cache = state.cache(_UNWRITTEN)
    key = (workspace.id, workspace.body["properties"]["retentionInDays"])
    if key not in cache:
        tables = (_unwritten_builtin(workspace, name) for name in azure_facts.azure_tables())
        cache[key] = {table.name: json.dumps(current_body(workspace, table)) for table in tables if table}
    return cache[key]


def _printed_bodies(state: EmulatorState, workspace: StoredResource) -> Iterator[tuple[str, str]]:
    """Name and body as JSON text of each table written to, printed once for each state: lists of them are long."""
    cache = state.cache(_PRINTED)
    retention = workspace.body["properties"]["retentionInDays"]
    for resource, private in state.store.find_private_texts(TABLE, f"{workspace.key}/"):
        key = (resource, private, retention)
        text = cache.get(key)
        if text is None:
            record = StoredResource(resource, TABLE, {}, json.loads(private))
            text = json.dumps(current_body(workspace, record), separators=(",", ":"))
            # A table whose operation runs is Updating: its text changes without a write.
            if not long_running_operations.seconds_left(record.private):
                cache[key] = text
        yield resource.rpartition("/")[2], text


def delete(request: Request) -> Response:
    """Delete a custom table; its rows stay for a table of the same name. Built-in tables cannot be deleted."""
    workspace, name = _require_workspace(request), _proper_name(request)
    if name in azure_facts.azure_tables():
        raise invalid_parameter(f"Table {name} is an Azure table and cannot be deleted.")
    existing = find_table(request.state, workspace, name)
    if existing is None:
        return Response(204)
    check_not_classic(existing)
    headers, _ready, error = long_running_operations.begin_operation(
        request, "Microsoft.OperationalInsights", workspace.body["location"], existing.id
    )
    if error is None:
        with request.state.store.write():
            deleted_tables.remember_deletion(request.state, existing)
            request.state.store.delete(existing.id)
    return Response(202, headers=headers)


def migrate(request: Request) -> Response:
    """Turn a classic table into one that collection rules can write to; no change where it is one already."""
    workspace = _require_workspace(request)
    record = find_table(request.state, workspace, _proper_name(request))
    if record is None:
        raise _table_not_found(request)
    record.private["classic"] = False
    request.state.store.put(record)
    return Response(200)


def find_table(state: EmulatorState, workspace: StoredResource, name: str) -> StoredResource | None:
    """The table of that exact name, if it was written to: names of tables are compared with case."""
    record = state.store.get(f"{workspace.id}/tables/{name}")
    return record if record is not None and record.name == name else None


def table_columns(state: EmulatorState, workspace: StoredResource, name: str) -> dict[str, str] | None:
    """Name → type of a table's columns without the standard ones; None for a built-in table whose are not listed."""
    record = find_table(state, workspace, name)
    custom = {column["name"]: column["type"].lower() for column in record.private["columns"]} if record else {}
    if name not in azure_facts.azure_tables():
        return custom
    builtin = azure_facts.builtin_columns(name)
    return None if builtin is None else {**builtin, **custom}


def current_body(workspace: StoredResource, record: StoredResource) -> dict[str, Any]:
    """A table's body as GET gives it."""
    private = record.private
    days, total = _retention(workspace, private)
    properties = {
        "totalRetentionInDays": total,
        # Read-only: what is kept beyond the interactive days.
        "archiveRetentionInDays": total - days,
        "plan": private["plan"],
        **({"lastPlanModifiedDate": _iso_date(private["plan_changed"])} if "plan_changed" in private else {}),
        "retentionInDaysAsDefault": private.get("days") is None,
        "totalRetentionInDaysAsDefault": private.get("total") is None,
        "schema": _schema(record),
        "provisioningState": "Updating" if long_running_operations.seconds_left(private) else "Succeeded",
        "retentionInDays": days,
    }
    return {"properties": properties, "id": record.id, "name": record.name}


def _retention(workspace: StoredResource, private: dict[str, Any]) -> tuple[int, int]:
    # Basic and Auxiliary tables keep 30 days, whatever the workspace says; AMD logs/data-retention-configure.md.
    default = workspace.body["properties"]["retentionInDays"] if private["plan"] == "Analytics" else 30
    days = private.get("days") or default
    return days, max(private.get("total") or days, days)


def _schema(record: StoredResource) -> dict[str, Any]:
    private, name = record.private, record.name
    custom = name not in azure_facts.azure_tables()
    standard_types = (
        {"TenantId": "guid"}
        if custom
        else {"TenantId": "guid", **(azure_facts.builtin_columns(name) or {"TimeGenerated": "datetime"})}
    )
    standard = [
        {"name": column, "type": column_type, "isDefaultDisplay": False, "isHidden": column == "TenantId"}
        for column, column_type in standard_types.items()
    ]
    optional = {"description": private.get("description"), "displayName": private.get("display")}
    subtype = ("Classic" if private.get("classic") else "DataCollectionRuleBased") if custom else "Any"
    return {
        "tableSubType": subtype,
        "name": name,
        **{key: value for key, value in optional.items() if value is not None},
        "tableType": "CustomLog" if custom else "Microsoft",
        "columns": [{**column, "type": column["type"].lower()} for column in private["columns"]],
        "standardColumns": standard,
        "solutions": ["LogManagement"],
        # Recorded, though not in the published types.
        "isTroubleshootingAllowed": True,
    }


def _iso_date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _unwritten_builtin(workspace: StoredResource, name: str) -> StoredResource | None:
    """A built-in table as it is before any write; None for another name."""
    if name not in azure_facts.azure_tables():
        return None
    return StoredResource(f"{workspace.id}/tables/{name}", TABLE, {}, {"plan": "Analytics", "columns": []})


def _proper_name(request: Request) -> str:
    # Built-in tables are found in any case, custom ones in their own alone.
    name = request.path_params["table"]
    return azure_facts.builtin_table_spellings().get(name.lower(), name)


def _require_workspace(request: Request) -> StoredResource:
    workspace = workspaces.require_workspace(request)
    if (
        request.method in {"PUT", "PATCH"}
        and long_running_operations.seconds_left(workspace.private) > long_running_operations.QUICK_SECONDS
    ):
        # A workspace answers reads while it is being created, and takes no tables yet.
        raise ApiError(409, "Conflict", f"The workspace '{workspace.name}' is still being created.")
    return workspace


def _table_not_found(request: Request) -> ApiError:
    group = request.path_params["group"]
    return resource_not_found(TABLE, f"{request.path_params['workspace']}/{request.path_params['table']}", group)


def table_id(workspace: StoredResource, name: str) -> str:
    """The id of a table."""
    return f"{workspace.id}/tables/{name}"
