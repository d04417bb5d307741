"""Management locks: CanNotDelete and ReadOnly, at a resource or any scope above it, enforced for every write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.emulator.arm.access_control import scope_and_ancestors
from provisioner.emulator.arm.resource_envelope import list_response, system_data
from provisioner.emulator.http.response import ApiError, Response
from provisioner.emulator.store import StoredResource

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request

LOCK = "Microsoft.Authorization/locks"
_LEVELS = {level.lower(): level for level in ("CanNotDelete", "ReadOnly")}


def put(request: Request) -> Response:
    """Create or replace a lock."""
    properties = request.parse_json_object().get("properties")
    level = properties.get("level") if isinstance(properties, dict) else None
    if not isinstance(properties, dict) or not isinstance(level, str) or level.lower() not in _LEVELS:
        raise ApiError(
            400, "InvalidLockLevel", f"The lock level '{level}' is not one of {', '.join(_LEVELS.values())}."
        )
    existing = request.state.store.get(request.path)
    lock = StoredResource(existing.id if existing else request.path, LOCK, {})
    kept = {name: properties[name] for name in ("notes", "owners") if properties.get(name) is not None}
    lock.body = {
        "id": lock.id,
        "name": lock.name,
        "type": LOCK,
        "properties": {"level": _LEVELS[level.lower()], **kept},
        "systemData": system_data(request, existing),
    }
    request.state.store.put(lock)
    return Response(200 if existing else 201, lock.body)


def get(request: Request) -> Response:
    """Show a lock."""
    lock = request.state.store.get(request.path)
    if lock is None:
        message = f"The lock '{request.path_params['name']}' could not be found."
        raise ApiError(404, "LockNotFound", message)
    return Response(200, lock.body)


def delete(request: Request) -> Response:
    """Remove a lock; 204 where there is none."""
    return Response(200 if request.state.store.delete(request.path) else 204)


def list_all(request: Request) -> Response:
    """The locks at a scope and below it; with `$filter=atScope()` those at it and above it."""
    scope = request.path_params["scope"].lower()
    above = set(scope_and_ancestors(scope))
    only_at_scope = request.query.get("$filter", "").lower() == "atscope()"
    listed = [
        lock.body
        for lock in request.state.store.find_by_type(LOCK)
        if (locked := _locked_scope(lock)) in above or (not only_at_scope and locked.startswith(f"{scope}/"))
    ]
    return list_response(request, listed)


def check_locks(request: Request, action: str) -> None:
    """Raise ApiError 409 ScopeLocked where a lock forbids the action at the request's path.

    CanNotDelete forbids deletion of what it covers and of what holds it, ReadOnly every write and action too.
    """
    if f"/providers/{LOCK}/".lower() in request.path.lower() or _is_only_asking(action):
        return
    is_deletion = request.method == "DELETE"
    path = request.path.lower()
    above = set(scope_and_ancestors(path))
    locked_scopes = [
        lock.id.rpartition("/providers/")[0]
        for lock in request.state.store.find_by_type(LOCK)
        if (lock.body["properties"]["level"] == "ReadOnly" or is_deletion)
        # Deleting a group or a workspace would delete what is locked inside it.
        and ((locked := _locked_scope(lock)) in above or (is_deletion and locked.startswith(f"{path}/")))
    ]
    if locked_scopes:
        verb = "delete" if is_deletion else "write"
        message = (
            f"The scope '{request.path}' cannot perform {verb} operation because following scope(s) are locked: "
            f"'{','.join(locked_scopes)}'. Please remove the lock and try again."
        )
        raise ApiError(409, "ScopeLocked", message)


def _is_only_asking(action: str) -> bool:
    lowered = action.lower()
    # They are POST requests, and change nothing.
    return lowered.endswith(("/read", "/validate/action", "/whatif/action"))


def _locked_scope(lock: StoredResource) -> str:
    return lock.key.rpartition("/providers/")[0]
