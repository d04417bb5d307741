"""Role definitions, built-in and custom ones, and the list of what the caller may do at a scope."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm.access_control import (
    ROLE_ASSIGNMENT,
    ROLE_DEFINITION,
    custom_role_id,
    effective_roles,
    find_role,
)
from provisioner.emulator.arm.resource_envelope import list_response
from provisioner.emulator.azure_facts import builtin_roles
from provisioner.emulator.http.response import ApiError, Response
from provisioner.emulator.store import StoredResource

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.state import EmulatorState

_LISTS = {
    "actions": "actions",
    "notActions": "not_actions",
    "dataActions": "data_actions",
    "notDataActions": "not_data_actions",
}


def get(request: Request) -> Response:
    """Show a role."""
    role_id = request.path_params["name"].lower()
    role = find_role(request.state, role_id)
    if role is None:
        raise ApiError(
            404, "RoleDefinitionDoesNotExist", f"The specified role definition with ID '{role_id}' does not exist."
        )
    return Response(body=_body(request.path_params["scope"], role))


def list_all(request: Request) -> Response:
    """The roles; `roleName eq` narrows."""
    match = re.search(r"roleName eq '([^']*)'", request.query.get("$filter", ""), re.IGNORECASE)
    roles = [
        role
        for role in (*builtin_roles().values(), *_custom_roles(request.state))
        if match is None or role["name"].lower() == match[1].lower()
    ]
    return list_response(request, [_body(request.path_params["scope"], role) for role in roles])


def put(request: Request) -> Response:
    """Create or change a custom role; raises ApiError 400 for a body that is none."""
    name = request.path_params["name"].lower()
    properties = request.parse_json_object().get("properties")
    properties = properties if isinstance(properties, dict) else {}
    permissions, shown_name = properties.get("permissions"), properties.get("roleName")
    scopes = properties.get("assignableScopes")
    if name in builtin_roles() or not _is_guid(name):
        raise ApiError(400, "InvalidRoleDefinitionId", f"'{name}' is no id of a custom role.")
    if (
        not isinstance(shown_name, str)
        or not isinstance(scopes, list)
        or not scopes
        or not _are_permissions(permissions)
    ):
        message = "The request was incorrectly formatted: roleName, permissions and assignableScopes are required."
        raise ApiError(400, "BadRequestFormat", message)
    assert isinstance(permissions, list)
    if any(role["name"].lower() == shown_name.lower() and role["id"] != name for role in _custom_roles(request.state)):
        raise ApiError(409, "RoleDefinitionWithSameNameExists", f"A custom role with the name '{shown_name}' exists.")
    merged = {
        ours: [one for entry in permissions for one in entry.get(azures) or []] for azures, ours in _LISTS.items()
    }
    role = {"id": name, "name": shown_name, "custom": True, "scopes": scopes, **merged}
    request.state.store.put(StoredResource(custom_role_id(name), ROLE_DEFINITION, {}, role))
    return Response(201, _body(request.path_params["scope"], role))


def delete(request: Request) -> Response:
    """Delete a custom role without assignments; 204 where there is none."""
    name = request.path_params["name"].lower()
    stored = request.state.store.get(custom_role_id(name))
    if stored is None:
        return Response(204)
    assignments = request.state.store.find_by_type(ROLE_ASSIGNMENT)
    if any(one.body["properties"]["roleDefinitionId"].lower().endswith(name) for one in assignments):
        raise ApiError(400, "RoleDefinitionHasAssignments", "There are existing role assignments of this role.")
    request.state.store.delete(stored.id)
    return Response(200, _body(request.path_params["scope"], stored.private))


def list_permissions(request: Request) -> Response:
    """What the caller may do at a scope: an entry for each role that it holds there or above."""
    state, scope = request.state, request.path_params["scope"]
    roles = list(effective_roles(state, request.principal, scope))
    # The default application owns every subscription without an assignment that would say so.
    if request.principal.object_id == state.identity.object_id:
        roles.insert(0, next(role for role in builtin_roles().values() if role["name"] == "Owner"))
    return list_response(request, [_permissions_of(role) for role in roles])


def _custom_roles(state: EmulatorState) -> list[dict[str, Any]]:
    return [record.private for record in state.store.find_by_type(ROLE_DEFINITION)]


def _body(scope: str, role: dict[str, Any]) -> dict[str, Any]:
    # Role definitions live at the subscription, whatever the scope of the question.
    root = "/".join(scope.split("/")[:3])
    return {
        "properties": {
            "roleName": role["name"],
            "type": "CustomRole" if role.get("custom") else "BuiltInRole",
            "description": role["name"],
            "assignableScopes": role.get("scopes", ["/"]),
            "permissions": [_permissions_of(role)],
        },
        "id": f"{root}/providers/{ROLE_DEFINITION}/{role['id']}",
        "type": ROLE_DEFINITION,
        "name": role["id"],
    }


def _permissions_of(role: dict[str, Any]) -> dict[str, list[str]]:
    return {azures: role.get(ours, []) for azures, ours in _LISTS.items()}


def _are_permissions(permissions: object) -> bool:
    return isinstance(permissions, list) and all(
        isinstance(entry, dict)
        and all(
            isinstance(entry.get(name) or [], list) and all(isinstance(one, str) for one in entry.get(name) or [])
            for name in _LISTS
        )
        for entry in permissions
    )


def _is_guid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
