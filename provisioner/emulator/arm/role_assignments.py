"""Role assignments and deny assignments, at any scope."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm.access_control import (
    ROLE_ASSIGNMENT,
    deny_faults_at,
    find_role,
    scope_and_ancestors,
)
from provisioner.emulator.arm.resource_envelope import list_response
from provisioner.emulator.entra.applications import principal_exists
from provisioner.emulator.http.response import ApiError, Response
from provisioner.emulator.store import StoredResource

if TYPE_CHECKING:
    from provisioner.emulator.faults import Fault
    from provisioner.emulator.http.request import Request

_IMMUTABLE_KEYS = ("roleDefinitionId", "principalId", "scope")


def put(request: Request) -> Response:
    """Assign a role: 201 for a new assignment, and when exactly this one exists."""
    name, scope = request.path_params["name"], request.path_params["scope"]
    if not _is_guid(name):
        message = f"The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID."
        raise ApiError(400, "InvalidRoleAssignmentId", message)
    _require_scope(request, scope)
    properties = _properties(request, scope)
    assignment = StoredResource(
        f"{scope}/providers/{ROLE_ASSIGNMENT}/{name}", ROLE_ASSIGNMENT, {}, {"at": request.state.clock.now()}
    )
    existing = request.state.store.get(assignment.id)
    # The same request twice is no error; another role or principal under the same name is.
    if existing is not None:
        return _existing_response(existing, properties)
    # Azure refuses a second name for the same grant; many tools take that answer for success.
    _check_no_duplicate(request, scope, properties)
    now = request.state.clock.iso_now()
    who = {"createdOn": now, "updatedOn": now, "createdBy": None, "updatedBy": request.principal.object_id}
    assignment.body = {
        "properties": {**properties, **who, "delegatedManagedIdentityResourceId": None},
        "id": assignment.id,
        "type": ROLE_ASSIGNMENT,
        "name": name,
    }
    request.state.store.put(assignment)
    return Response(201, assignment.body)


def _properties(request: Request, scope: str) -> dict[str, Any]:
    body = request.parse_json_object()
    properties = body.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    principal, role = properties.get("principalId"), properties.get("roleDefinitionId")
    if not isinstance(principal, str) or not isinstance(role, str):
        raise ApiError(
            400,
            "BadRequestFormat",
            "The request was incorrectly formatted: principalId and roleDefinitionId are required.",
        )
    role_id = role.rpartition("/")[2].lower()
    if find_role(request.state, role_id) is None:
        message = f"The specified role definition with ID '{role_id}' does not exist."
        raise ApiError(404 if _is_guid(role_id) else 400, "RoleDefinitionDoesNotExist", message)
    if not _is_guid(principal):
        raise ApiError(
            400,
            "InvalidPrincipalId",
            f"A valid principal ID must be provided for role assignment: '{principal}' is not a GUID.",
        )
    principal_type = properties.get("principalType")
    # With a principalType the service trusts the caller: a new principal may not have spread yet.
    if not principal_type and not principal_exists(request.state, principal):
        message = (
            f"Principal {principal.replace('-', '')} does not exist in the directory "
            f"{request.state.identity.tenant}. Check that you have "
            "the correct principal ID. If you are creating this principal and then immediately assigning a "
            "role, this error might be "
            "related to a replication delay. In this case, set the role assignment principalType property to a "
            "value, such as "
            "ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype"
        )
        raise ApiError(400, "PrincipalNotFound", message)
    subscription = next(iter(re.findall(r"^/subscriptions/([^/]+)", scope)), request.state.identity.subscription)
    role_definition = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role_id}"
    optional = {
        key: properties.get(key)
        for key in ("condition", "conditionVersion", "description")
        if properties.get(key) is not None
    }
    return {
        "roleDefinitionId": role_definition,
        "principalId": principal,
        "principalType": principal_type or "ServicePrincipal",
        "scope": scope or "/",
        **optional,
    }


def _existing_response(existing: StoredResource, properties: dict[str, Any]) -> Response:
    if any(existing.body["properties"][key].lower() != properties[key].lower() for key in _IMMUTABLE_KEYS):
        message = "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
        raise ApiError(409, "RoleAssignmentUpdateNotPermitted", message)
    return Response(201, existing.body)


def _check_no_duplicate(request: Request, scope: str, properties: dict[str, Any]) -> None:
    for existing in request.state.store.find_by_type(ROLE_ASSIGNMENT, f"{scope}/providers/{ROLE_ASSIGNMENT}/"):
        if all(existing.body["properties"][key].lower() == properties[key].lower() for key in _IMMUTABLE_KEYS):
            message = (
                "The role assignment already exists. The ID of the existing role assignment is "
                f"{existing.name.replace('-', '')}."
            )
            raise ApiError(409, "RoleAssignmentExists", message)


def get(request: Request) -> Response:
    """Show an assignment."""
    record = request.state.store.get(
        f"{request.path_params['scope']}/providers/{ROLE_ASSIGNMENT}/{request.path_params['name']}"
    )
    if record is None:
        raise ApiError(
            404, "RoleAssignmentNotFound", f"The role assignment '{request.path_params['name']}' is not found."
        )
    return Response(body=record.body)


def delete(request: Request) -> Response:
    """Delete an assignment; 204 where there is none."""
    record = request.state.store.get(
        f"{request.path_params['scope']}/providers/{ROLE_ASSIGNMENT}/{request.path_params['name']}"
    )
    if record is None:
        return Response(204)
    request.state.store.delete(record.id)
    return Response(200, record.body)


def list_all(request: Request) -> Response:
    """Assignments at a scope, above it and, without `atScope()` in `$filter`, below it; `principalId eq` narrows."""
    scope, query_filter = request.path_params["scope"], request.query.get("$filter", "")
    assignments = [
        assignment
        for above in scope_and_ancestors(scope or "/")
        for assignment in request.state.store.find_by_type(ROLE_ASSIGNMENT, f"{above}/providers/{ROLE_ASSIGNMENT}/")
    ]
    # ARM's list goes up and down the scopes; `atScope()` leaves out those below.
    if "atscope()" not in query_filter.lower():
        listed_ids = {assignment.key for assignment in assignments}
        assignments += [
            assignment
            for assignment in request.state.store.find_by_type(ROLE_ASSIGNMENT, f"{scope}/")
            if assignment.key not in listed_ids
        ]
    if match := re.search(r"(?:principalId eq|assignedTo\()\s*'([^']*)'", query_filter, re.IGNORECASE):
        assignments = [
            assignment
            for assignment in assignments
            if assignment.body["properties"]["principalId"].lower() == match[1].lower()
        ]
    return list_response(request, [assignment.body for assignment in assignments])


def list_deny_assignments(request: Request) -> Response:
    """The deny assignments that hold at a scope: those of the fault `deny`."""
    return list_response(
        request,
        [
            _deny_assignment(number, fault)
            for number, fault in enumerate(deny_faults_at(request.state, request.path_params["scope"]))
        ],
    )


def _deny_assignment(number: int, fault: Fault) -> dict[str, Any]:
    scope, principal = fault.values["scope"], fault.values["principal"]
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{number} {scope} {principal}"))
    everyone = {"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}
    permissions = {"actions": [], "notActions": [], "dataActions": [fault.values["data_action"]], "notDataActions": []}
    properties = {
        "denyAssignmentName": f"fault {number}",
        "description": "made by a fault",
        "permissions": [permissions],
        "scope": scope or "/",
        "doNotApplyToChildScopes": False,
        "principals": [everyone if principal == "*" else {"id": principal, "type": "ServicePrincipal"}],
        "excludePrincipals": [],
        "isSystemProtected": True,
    }
    resource_type = "Microsoft.Authorization/denyAssignments"
    return {
        "properties": properties,
        "id": f"{scope}/providers/{resource_type}/{name}",
        "type": resource_type,
        "name": name,
    }


def _require_scope(request: Request, scope: str) -> None:
    """Raise ApiError 404 for a scope below a subscription that does not exist."""
    if scope.count("/") > 2 and request.state.store.get(scope) is None:
        name = scope.rpartition("/")[2]
        if scope.count("/") == 4:
            raise ApiError(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")
        raise ApiError(404, "ResourceNotFound", f"The resource '{scope}' was not found.")


def _is_guid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
