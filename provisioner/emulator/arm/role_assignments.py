"""Role definitions and role assignments, at any scope."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm.access_control import ASSIGNMENT, denials, roles, scopes
from provisioner.emulator.arm.resource_envelope import listing
from provisioner.emulator.entra.token_endpoint import APPLICATION
from provisioner.emulator.http.response import Answer, Refusal
from provisioner.emulator.store import Record

if TYPE_CHECKING:
    from provisioner.emulator.faults import Fault
    from provisioner.emulator.http.request import Call

_KEYS = ("roleDefinitionId", "principalId", "scope")


def put(call: Call) -> Answer:
    """Grant a role: 201 for a new assignment, also when exactly this one exists."""
    name, scope = call.names["name"], call.names["scope"]
    if not _is_guid(name):
        message = f"The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID."
        raise Refusal(400, "InvalidRoleAssignmentId", message)
    _require_scope(call, scope)
    properties = _properties(call, scope)
    made = Record(f"{scope}/providers/{ASSIGNMENT}/{name}", ASSIGNMENT, {}, {"at": call.world.clock.now()})
    existing = call.world.store.get(made.id)
    if existing is not None:
        return _again(existing, properties)
    _check_twins(call, scope, properties)
    now = call.world.clock.text()
    who = {"createdOn": now, "updatedOn": now, "createdBy": None, "updatedBy": call.principal.object_id}
    made.body = {
        "properties": {**properties, **who, "delegatedManagedIdentityResourceId": None},
        "id": made.id,
        "type": ASSIGNMENT,
        "name": name,
    }
    call.world.store.put(made)
    return Answer(201, made.body)


def _properties(call: Call, scope: str) -> dict[str, Any]:
    body = call.object()
    given = body.get("properties")
    given = given if isinstance(given, dict) else {}
    principal, role = given.get("principalId"), given.get("roleDefinitionId")
    if not isinstance(principal, str) or not isinstance(role, str):
        raise Refusal(
            400,
            "BadRequestFormat",
            "The request was incorrectly formatted: principalId and roleDefinitionId are required.",
        )
    number = role.rpartition("/")[2].lower()
    if number not in roles():
        message = f"The specified role definition with ID '{number}' does not exist."
        raise Refusal(404 if _is_guid(number) else 400, "RoleDefinitionDoesNotExist", message)
    if not _is_guid(principal):
        raise Refusal(
            400,
            "InvalidPrincipalId",
            f"A valid principal ID must be provided for role assignment: '{principal}' is not a GUID.",
        )
    kind = given.get("principalType")
    if not kind and not _known(call, principal):
        message = (
            f"Principal {principal.replace('-', '')} does not exist in the directory "
            f"{call.world.identity.tenant}. Check that you have "
            "the correct principal ID. If you are creating this principal and then immediately assigning a "
            "role, this error might be "
            "related to a replication delay. In this case, set the role assignment principalType property to a "
            "value, such as "
            "ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype"
        )
        raise Refusal(400, "PrincipalNotFound", message)
    subscription = next(iter(re.findall(r"^/subscriptions/([^/]+)", scope)), call.world.identity.subscription)
    full = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{number}"
    optional = {
        key: given.get(key) for key in ("condition", "conditionVersion", "description") if given.get(key) is not None
    }
    return {
        "roleDefinitionId": full,
        "principalId": principal,
        "principalType": kind or "ServicePrincipal",
        "scope": scope or "/",
        **optional,
    }


def _again(existing: Record, properties: dict[str, Any]) -> Answer:
    if any(existing.body["properties"][key].lower() != properties[key].lower() for key in _KEYS):
        message = "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
        raise Refusal(409, "RoleAssignmentUpdateNotPermitted", message)
    return Answer(201, existing.body)


def _check_twins(call: Call, scope: str, properties: dict[str, Any]) -> None:
    for other in call.world.store.find(ASSIGNMENT, f"{scope}/providers/{ASSIGNMENT}/"):
        if all(other.body["properties"][key].lower() == properties[key].lower() for key in _KEYS):
            message = (
                "The role assignment already exists. The ID of the existing role assignment is "
                f"{other.name.replace('-', '')}."
            )
            raise Refusal(409, "RoleAssignmentExists", message)


def get(call: Call) -> Answer:
    """Show an assignment."""
    record = call.world.store.get(f"{call.names['scope']}/providers/{ASSIGNMENT}/{call.names['name']}")
    if record is None:
        raise Refusal(404, "RoleAssignmentNotFound", f"The role assignment '{call.names['name']}' is not found.")
    return Answer(body=record.body)


def delete(call: Call) -> Answer:
    """Take an assignment back; 204 where there is none."""
    record = call.world.store.get(f"{call.names['scope']}/providers/{ASSIGNMENT}/{call.names['name']}")
    if record is None:
        return Answer(204)
    call.world.store.delete(record.id)
    return Answer(200, record.body)


def index(call: Call) -> Answer:
    """Assignments at a scope, above it and, without `atScope()`, below it; `principalId eq` narrows."""
    scope, wanted = call.names["scope"], call.query.get("$filter", "")
    found = [
        each
        for above in scopes(scope or "/")
        for each in call.world.store.find(ASSIGNMENT, f"{above}/providers/{ASSIGNMENT}/")
    ]
    if "atscope()" not in wanted.lower():
        known = {each.key for each in found}
        found += [each for each in call.world.store.find(ASSIGNMENT, f"{scope}/") if each.key not in known]
    if match := re.search(r"(?:principalId eq|assignedTo\()\s*'([^']*)'", wanted, re.IGNORECASE):
        found = [each for each in found if each.body["properties"]["principalId"].lower() == match[1].lower()]
    return listing(call, [each.body for each in found])


def index_denials(call: Call) -> Answer:
    """The deny assignments that hold at a scope; the fault `deny` makes them."""
    return listing(
        call, [_denial(number, each) for number, each in enumerate(denials(call.world, call.names["scope"]))]
    )


def _denial(number: int, fault: Fault) -> dict[str, Any]:
    scope, principal = fault.values["scope"], fault.values["principal"]
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{number} {scope} {principal}"))
    everyone = {"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}
    held = {"actions": [], "notActions": [], "dataActions": [fault.values["data_action"]], "notDataActions": []}
    properties = {
        "denyAssignmentName": f"fault {number}",
        "description": "made by a fault",
        "permissions": [held],
        "scope": scope or "/",
        "doNotApplyToChildScopes": False,
        "principals": [everyone if principal == "*" else {"id": principal, "type": "ServicePrincipal"}],
        "excludePrincipals": [],
        "isSystemProtected": True,
    }
    kind = "Microsoft.Authorization/denyAssignments"
    return {"properties": properties, "id": f"{scope}/providers/{kind}/{name}", "type": kind, "name": name}


def get_definition(call: Call) -> Answer:
    """Show a built-in role."""
    number = call.names["name"].lower()
    if number not in roles():
        raise Refusal(
            404, "RoleDefinitionDoesNotExist", f"The specified role definition with ID '{number}' does not exist."
        )
    return Answer(body=_definition(call.names["scope"], number))


def index_definitions(call: Call) -> Answer:
    """The built-in roles; `roleName eq` narrows."""
    match = re.search(r"roleName eq '([^']*)'", call.query.get("$filter", ""), re.IGNORECASE)
    wanted = [number for number, role in roles().items() if match is None or role["name"].lower() == match[1].lower()]
    return listing(call, [_definition(call.names["scope"], number) for number in wanted])


def _definition(scope: str, number: str) -> dict[str, Any]:
    role = roles()[number]
    root = "/".join(scope.split("/")[:3])
    permissions = {
        "actions": role["actions"],
        "notActions": role["not_actions"],
        "dataActions": role["data_actions"],
        "notDataActions": [],
    }
    return {
        "properties": {
            "roleName": role["name"],
            "type": "BuiltInRole",
            "description": role["name"],
            "assignableScopes": ["/"],
            "permissions": [permissions],
        },
        "id": f"{root}/providers/Microsoft.Authorization/roleDefinitions/{number}",
        "type": "Microsoft.Authorization/roleDefinitions",
        "name": number,
    }


def _require_scope(call: Call, scope: str) -> None:
    """404 for an assignment at a resource or group that is not there."""
    if scope.count("/") > 2 and call.world.store.get(scope) is None:
        name = scope.rpartition("/")[2]
        if scope.count("/") == 4:
            raise Refusal(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")
        raise Refusal(404, "ResourceNotFound", f"The resource '{scope}' was not found.")


def _known(call: Call, principal: str) -> bool:
    applications = call.world.store.find(APPLICATION)
    return principal.lower() == call.world.identity.object_id or any(
        each.body["object_id"] == principal.lower() for each in applications
    )


def _is_guid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
