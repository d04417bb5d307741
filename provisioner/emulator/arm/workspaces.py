"""Log Analytics workspaces, with their soft deletion and recovery."""

from __future__ import annotations

import base64
import re
import secrets
import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import long_running_operations, request_bodies
from provisioner.emulator.arm.resource_envelope import (
    check_preconditions,
    list_response,
    new_entity_tag,
    require_group,
    resource_id,
    validated_location,
    validated_tags,
)
from provisioner.emulator.arm.workspace_sku import changed_sku
from provisioner.emulator.http.response import ApiError, Response, resource_not_found
from provisioner.emulator.store import StoredResource

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.state import EmulatorState

WORKSPACE = "Microsoft.OperationalInsights/workspaces"
TABLE = f"{WORKSPACE}/tables"
DELETED_TABLE = f"{WORKSPACE}/deletedTables"
"""The type under which the deletion of a table is remembered; no API shows it."""
DELETED_WORKSPACE = "Microsoft.OperationalInsights/deletedWorkspaces"
RECOVERY_SECONDS = 14 * 24 * 3600
"""Seconds for which a deleted workspace can be recovered; AMD logs/delete-workspace.md."""

_OPTIONAL_PROPERTIES = ("forceCmkForQuery", "defaultDataCollectionRuleResourceId", "replication")
"""Properties that a workspace has only once somebody has set them."""


def put(request: Request) -> Response:
    """Create, recover or replace a workspace; a new one is still Creating in the response."""
    require_group(request)
    name = request.path_params["workspace"]
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]", name):
        message = (
            f"The workspace name '{name}' is not valid: 4 to 63 letters, digits and '-', the first and "
            "last a letter or digit."
        )
        raise ApiError(400, "InvalidParameter", message, target="name")
    store, body = request.state.store, request_bodies.accept_body(WORKSPACE, request.parse_json_object())
    existing = store.get(resource_id(request, WORKSPACE, name))
    check_preconditions(request, existing)
    body["location"] = validated_location(request, body, existing)
    body["tags"] = validated_tags(body)
    deleted = None if existing else _recoverable_workspace(request, body["location"])
    # A PUT of the same name, group and region recovers a deleted workspace with its data and settings;
    # AMD logs/delete-workspace.md.
    base = existing or deleted
    workspace = StoredResource(
        existing.id if existing else resource_id(request, WORKSPACE, name),
        WORKSPACE,
        {},
        dict(base.private) if base else {},
    )
    workspace.body = _new_body(request, workspace, body, base)
    headers, ready, error = long_running_operations.begin_operation(
        request, "Microsoft.OperationalInsights", body["location"], workspace.id
    )
    if error is not None:
        raise ApiError(400, error["code"], error["message"])
    if existing is None:
        workspace.private["ready"] = ready
        workspace.private.setdefault("keys", [_new_shared_key(), _new_shared_key()])
    with store.write():
        if deleted:
            store.delete(deleted.id)
        store.put(workspace)
    if existing:
        return Response(200, current_body(request.state, workspace))
    own_headers = {"Location": f"{request.base_url}{workspace.id}?api-version={request.api_version}"}
    # Recorded: the first answer says Creating, and Location leads to the workspace itself.
    return Response(
        201, current_body(request.state, workspace, provisioning_state="Creating"), {**headers, **own_headers}
    )


def _new_body(
    request: Request, workspace: StoredResource, body: dict[str, Any], before: StoredResource | None
) -> dict[str, Any]:
    sent, old = body.get("properties") or {}, before.body["properties"] if before else {}
    now = request.state.clock.iso_now()
    sku = changed_sku(sent.get("sku"), old.get("sku"), request.state.clock)
    features = {
        "legacy": 0,
        "searchVersion": 1,
        "enableLogAccessUsingOnlyResourcePermissions": True,
        **(old.get("features") or {}),
        **(sent.get("features") or {}),
    }
    capping = {
        "dailyQuotaGb": -1.0,
        **{k: v for k, v in (sent.get("workspaceCapping") or {}).items() if v is not None},
    }
    _check_default_rule(request, sent.get("defaultDataCollectionRuleResourceId"))
    extra = {name: sent[name] for name in _OPTIONAL_PROPERTIES if sent.get(name) is not None}
    return {
        "properties": {
            "customerId": old.get("customerId") or str(uuid.uuid4()),
            "provisioningState": "Succeeded",
            "sku": sku,
            "retentionInDays": _validated_retention(sent.get("retentionInDays", old.get("retentionInDays"))),
            "features": features,
            "workspaceCapping": {**capping, "quotaNextResetTime": now, "dataIngestionStatus": "RespectQuota"},
            **extra,
            "publicNetworkAccessForIngestion": sent.get("publicNetworkAccessForIngestion") or "Enabled",
            "publicNetworkAccessForQuery": sent.get("publicNetworkAccessForQuery") or "Enabled",
            "createdDate": old.get("createdDate", now),
            "modifiedDate": now,
        },
        "location": body["location"],
        **({"tags": body["tags"]} if body["tags"] else {}),
        **({"identity": body["identity"]} if body.get("identity") else {}),
        "id": workspace.id,
        "name": workspace.name,
        "type": WORKSPACE,
        "etag": new_entity_tag(),
    }


def _check_default_rule(request: Request, rule_id: object) -> None:
    """Raise ApiError 400 where a workspace's own rule is none, or of another kind; the words are ours."""
    if rule_id is None:
        return
    rule = request.state.store.get(str(rule_id))
    if rule is None or str(rule.body.get("kind")).lower() != "workspacetransforms":
        message = f"The data collection rule '{rule_id}' was not found, or is not of kind WorkspaceTransforms."
        raise ApiError(400, "InvalidParameter", message, target="properties.defaultDataCollectionRuleResourceId")


# 30 to 730 days, or -1 for the default of the plan; AMD logs/data-retention-configure.md.
def _validated_retention(days: object) -> int:
    if days in {None, -1}:
        return 30
    if not isinstance(days, int) or not 30 <= days <= 730:
        message = f"Invalid value {days} provided for 'retentionInDays': it must be between 30 and 730."
        raise ApiError(400, "InvalidParameter", message, target="properties.retentionInDays")
    return days


def current_body(
    state: EmulatorState, workspace: StoredResource, *, provisioning_state: str | None = None
) -> dict[str, Any]:
    """The body of a workspace with its present state, or with `provisioning_state`."""
    properties = {
        **workspace.body["properties"],
        "provisioningState": provisioning_state
        or ("Creating" if long_running_operations.seconds_left(workspace.private) else "Succeeded"),
    }
    if is_over_quota(state, workspace):
        properties["workspaceCapping"] = {**properties["workspaceCapping"], "dataIngestionStatus": "OverQuota"}
    return {**workspace.body, "properties": properties}


def is_over_quota(state: EmulatorState, workspace: StoredResource) -> bool:
    """Whether the workspace is over its daily quota (of the stored size, from midnight UTC on), or a fault says so."""
    if state.faults.is_on("over_quota"):
        return True
    quota = workspace.body["properties"]["workspaceCapping"].get("dailyQuotaGb", -1.0)
    if quota < 0:
        return False
    # Azure resets the quota at an hour of its own for each workspace; midnight is as good as any for a test.
    midnight = state.clock.now() // 86_400 * 86_400
    customer = workspace.body["properties"]["customerId"]
    sql = "SELECT coalesce(sum(length(rows)), 0) FROM chunks WHERE place >= ? AND place < ? AND received >= ?"
    size = state.store.read_connection().execute(sql, (f"{customer}/", f"{customer}0", midnight)).fetchone()[0]
    return bool(size >= quota * 2**30)


def get(request: Request) -> Response:
    """Show a workspace."""
    return Response(body=current_body(request.state, require_workspace(request)))


def patch(request: Request) -> Response:
    """Change the properties that the body names and leave the others."""
    workspace = require_workspace(request)
    check_preconditions(request, workspace)
    body = request_bodies.accept_body(WORKSPACE, request.parse_json_object())
    merged = {
        "location": workspace.body["location"],
        "tags": validated_tags(body) if body.get("tags") is not None else workspace.body.get("tags", {}),
    }
    old = workspace.body["properties"]
    # These have defaults of their own in a new body: a PATCH that leaves them out must not reset them.
    keep = (
        "retentionInDays",
        "workspaceCapping",
        "publicNetworkAccessForIngestion",
        "publicNetworkAccessForQuery",
        *_OPTIONAL_PROPERTIES,
    )
    # A null takes away what may be absent: that is how a rule is taken off the workspace again.
    merged["properties"] = {**{k: old[k] for k in keep if k in old}, **(body.get("properties") or {})}
    workspace.body = _new_body(request, workspace, merged, workspace)
    request.state.store.put(workspace)
    return Response(body=current_body(request.state, workspace))


def delete(request: Request) -> Response:
    """Delete a workspace so that it can be recovered for 14 days, or with `force=true` for good; 204 where none is."""
    workspace = request.state.store.get(resource_id(request, WORKSPACE, request.path_params["workspace"]))
    if workspace is None:
        return Response(204)
    headers, _ready, error = long_running_operations.begin_operation(
        request, "Microsoft.OperationalInsights", workspace.body["location"], workspace.id
    )
    if error is None:
        with request.state.store.write():
            if request.query.get("force", "").lower() == "true":
                purge(request.state, workspace)
            else:
                soft_delete(request.state, workspace)
    return Response(202, headers=headers)


def soft_delete(state: EmulatorState, workspace: StoredResource) -> None:
    """Put a workspace among the deleted ones; it keeps its id, keys, tables and rows for its recovery."""
    parts = workspace.id.split("/")
    deleted_id = f"/subscriptions/{parts[2]}/providers/{DELETED_WORKSPACE}/{parts[4]}~{workspace.name}"
    # The group is in the id, so that the same name can be deleted in several groups of a subscription.
    private = {**workspace.private, "deleted": state.clock.now(), "home": workspace.id}
    state.store.delete(workspace.id)
    state.store.put(StoredResource(deleted_id, DELETED_WORKSPACE, workspace.body, private))


def purge(state: EmulatorState, workspace: StoredResource) -> None:
    """Delete a workspace for good, with its tables and rows."""
    customer = workspace.body["properties"]["customerId"]
    with state.store.write() as db:
        for type_ in (TABLE, DELETED_TABLE):
            for table in state.store.find_by_type(type_, f"{workspace.key}/"):
                state.store.delete(table.id)
        state.store.delete(workspace.id)
        db.execute(
            # '0' is the character after '/': all keys of the workspace's tables lie between the two.
            "DELETE FROM marks WHERE chunk IN (SELECT id FROM chunks WHERE place >= ? AND place < ?)",
            (f"{customer}/", f"{customer}0"),
        )
        db.execute("DELETE FROM chunks WHERE place >= ? AND place < ?", (f"{customer}/", f"{customer}0"))


def _recoverable_workspace(request: Request, location: str) -> StoredResource | None:
    """The deleted workspace of this name that a PUT recovers; raises ApiError 409 for another location."""
    deleted = request.state.store.get(
        f"/subscriptions/{request.path_params['subscription']}/providers/{DELETED_WORKSPACE}/{request.path_params['group']}~{request.path_params['workspace']}"
    )
    if deleted is None:
        return None
    if deleted.private["deleted"] + RECOVERY_SECONDS < request.state.clock.now():
        # Its time is over: what its recovery would have brought back goes now.
        home = StoredResource(deleted.private["home"], WORKSPACE, deleted.body)
        purge(request.state, home)
        request.state.store.delete(deleted.id)
        return None
    if deleted.body["location"] != location:
        message = (
            f"A workspace of the name '{request.path_params['workspace']}' was deleted in location "
            f"'{deleted.body['location']}' less than "
            f"14 days ago; it can only be recovered there."
        )
        raise ApiError(409, "Conflict", message)
    return deleted


def list_all(request: Request) -> Response:
    """The workspaces of a group or subscription."""
    if "group" in request.path_params:
        require_group(request)
    return list_response(
        request,
        [
            current_body(request.state, workspace)
            for workspace in request.state.store.find_by_type(WORKSPACE, f"{request.scope}/")
        ],
    )


def list_deleted(request: Request) -> Response:
    """The workspaces that can be recovered."""
    root = f"/subscriptions/{request.path_params['subscription']}/providers/{DELETED_WORKSPACE}/"
    # One list serves both routes: that of the group and that of the subscription.
    if "group" in request.path_params:
        root += f"{request.path_params['group']}~"
    least = request.state.clock.now() - RECOVERY_SECONDS
    return list_response(
        request,
        [
            workspace.body
            for workspace in request.state.store.find_by_type(DELETED_WORKSPACE, root)
            if workspace.private["deleted"] >= least
        ],
    )


def shared_keys(request: Request) -> Response:
    """The workspace's two keys."""
    first, second = require_workspace(request).private["keys"]
    return Response(body={"primarySharedKey": first, "secondarySharedKey": second})


def require_workspace(request: Request) -> StoredResource:
    """The workspace that the path names; raises ApiError 404 where it is missing."""
    require_group(request)
    workspace = request.state.store.get(resource_id(request, WORKSPACE, request.path_params["workspace"]))
    if workspace is None:
        raise resource_not_found(WORKSPACE, request.path_params["workspace"], request.path_params["group"])
    return workspace


def _new_shared_key() -> str:
    return base64.b64encode(secrets.token_bytes(64)).decode()
