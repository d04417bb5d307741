"""Azure Policy: definitions and assignments, listed and, with effect deny, enforced for every write of a resource."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import policy_rules
from provisioner.emulator.arm.access_control import scope_and_ancestors
from provisioner.emulator.arm.policy_definitions import (
    DEFINITION,
    builtin_body,
    builtin_definitions,
    check_shapes,
    properties_of,
    put_policy_resource,
)
from provisioner.emulator.arm.policy_sets import SET_DEFINITION, AssignedPolicy, assigned_policies
from provisioner.emulator.arm.resource_envelope import list_response
from provisioner.emulator.http.response import ApiError, Response, not_implemented

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.store import StoredResource

ASSIGNMENT = "Microsoft.Authorization/policyAssignments"
_KEPT = (
    "displayName",
    "description",
    "metadata",
    "parameters",
    "enforcementMode",
    "notScopes",
    "nonComplianceMessages",
)
_NOT_ENFORCED = ("overrides", "resourceSelectors")
_NOT_CHECKED = ("microsoft.authorization/", "microsoft.resources/deployments", "microsoft.resources/tags")


def put_assignment(request: Request) -> Response:
    """Assign a definition or a set to a scope, with the values of its parameters.

    Raises ApiError 404 where it is missing, 400 for values that do not fit, 501 for what is not enforced here.
    """
    properties = properties_of(request)
    for name in _NOT_ENFORCED:
        # Left out in silence, they would deny something else than was said.
        if properties.get(name):
            raise not_implemented(f"'{name}' of a policy assignment")
    definition_id = str(properties.get("policyDefinitionId", ""))
    kept = {name: properties[name] for name in _KEPT if properties.get(name) is not None}
    check_shapes(kept)
    assigned = assigned_policies(request, {**kept, "policyDefinitionId": definition_id})
    if assigned is None:
        raise _missing(definition_id)
    for policy in assigned:
        policy_rules.check_effect(policy.effect)
    scope = request.path_params["scope"]
    own = {"policyDefinitionId": definition_id, "scope": scope, "enforcementMode": "Default"}
    return put_policy_resource(request, ASSIGNMENT, {**own, **kept})


def get(request: Request) -> Response:
    """Show an assignment, a definition or a set."""
    record = request.state.store.get(request.path)
    if record is not None:
        return Response(200, record.body)
    name = request.path_params["name"]
    if f"/{DEFINITION}/".lower() in request.path.lower() and name.lower() in builtin_definitions():
        return Response(200, builtin_body(name.lower()))
    raise _missing(request.path)


def _missing(policy_id: str) -> ApiError:
    name, lowered = policy_id.rpartition("/")[2], policy_id.lower()
    if f"/{ASSIGNMENT}/".lower() in lowered:
        return ApiError(404, "PolicyAssignmentNotFound", f"The policy assignment '{name}' could not be found.")
    if f"/{SET_DEFINITION}/".lower() in lowered:
        return ApiError(404, "PolicySetDefinitionNotFound", f"The policy set definition '{name}' could not be found.")
    return ApiError(404, "PolicyDefinitionNotFound", f"The policy definition '{name}' could not be found.")


def delete(request: Request) -> Response:
    """Delete an assignment, a definition or a set; 204 where there is none."""
    record = request.state.store.get(request.path)
    if record is None:
        return Response(204)
    request.state.store.delete(record.id)
    return Response(200, record.body)


def list_assignments(request: Request) -> Response:
    """The assignments that hold at a scope, those of the scopes above it and those below it."""
    scope = request.path_params["scope"].lower()
    above = set(scope_and_ancestors(scope))
    listed = [
        record.body
        for record in request.state.store.find_by_type(ASSIGNMENT)
        if record.key.rpartition("/providers/")[0] in above or record.key.startswith(f"{scope}/")
    ]
    return list_response(request, listed)


def check_policies(request: Request, resource_type: str) -> None:
    """Raise ApiError 403 RequestDisallowedByPolicy where an assignment denies the resource that would be written."""
    assignments = request.state.store.find_by_type(ASSIGNMENT)
    if not assignments or resource_type.lower().startswith(_NOT_CHECKED):
        return
    resource = _resource_to_be(request, resource_type)
    above = set(scope_and_ancestors(request.path))
    for assignment in assignments:
        if assignment.key.rpartition("/providers/")[0] in above and not _is_excluded(request, assignment):
            _check_assignment(request, assignment, resource)


def _check_assignment(request: Request, assignment: StoredResource, resource: dict[str, Any]) -> None:
    properties = assignment.body["properties"]
    if properties["enforcementMode"] == "DoNotEnforce":
        return
    for policy in assigned_policies(request, properties) or ():
        # Indexed: only of types that have tags and a location.
        is_indexed = policy.definition["mode"].lower() == "indexed"
        if is_indexed and ("location" not in resource or _is_group(resource)):
            continue
        condition = policy.definition["policyRule"]["if"]
        if policy.effect == "deny" and policy_rules.holds(condition, resource, policy.values):
            raise _disallowed(resource, assignment, policy)


def _disallowed(resource: dict[str, Any], assignment: StoredResource, policy: AssignedPolicy) -> ApiError:
    definition, policy_set = policy.definition, policy.policy_set
    names = {
        "policyAssignment": {"name": _shown_name(assignment.body), "id": assignment.id},
        "policyDefinition": {"name": definition.get("displayName", ""), "id": definition["id"]},
    }
    info = {
        "policyDefinitionId": definition["id"],
        "policyDefinitionDisplayName": definition.get("displayName", ""),
        "policyDefinitionEffect": "deny",
        "policyAssignmentId": assignment.id,
        "policyAssignmentName": assignment.name,
        "policyAssignmentScope": assignment.id.rpartition("/providers/")[0],
    }
    if policy_set is not None:
        shown = policy_set.get("displayName") or policy_set["name"]
        names["policySetDefinition"] = {"name": shown, "id": policy_set["id"]}
        info |= {
            "policySetDefinitionId": policy_set["id"],
            "policySetDefinitionDisplayName": shown,
            "policyDefinitionReferenceId": policy.reference,
        }
    return ApiError(
        403,
        "RequestDisallowedByPolicy",
        f"Resource '{resource['name']}' was disallowed by policy. Policy identifiers: '{json.dumps([names])}'.",
        target=resource["name"],
        additionalInfo=[{"type": "PolicyViolation", "info": info}],
    )


def _resource_to_be(request: Request, resource_type: str) -> dict[str, Any]:
    body = request.parse_json_object()
    existing = request.state.store.get(request.path)
    if request.method == "PATCH" and existing is not None:
        body = {**existing.body, **body}
    shown_type = "Microsoft.Resources/subscriptions/resourceGroups" if not _has_provider(request) else resource_type
    resource = {name: body[name] for name in ("kind", "location", "tags") if body.get(name) is not None}
    if isinstance(resource.get("location"), str):
        resource["location"] = resource["location"].replace(" ", "").lower()
    return {**resource, "id": request.path, "name": request.path.rpartition("/")[2], "type": shown_type}


def _has_provider(request: Request) -> bool:
    return "/providers/" in request.path.lower()


def _is_group(resource: dict[str, Any]) -> bool:
    return bool(resource["type"].lower() == "microsoft.resources/subscriptions/resourcegroups")


def _is_excluded(request: Request, assignment: StoredResource) -> bool:
    excluded = assignment.body["properties"].get("notScopes") or []
    above = set(scope_and_ancestors(request.path))
    return any(str(scope).lower().rstrip("/") in above for scope in excluded)


def _shown_name(body: dict[str, Any]) -> str:
    return str(body["properties"].get("displayName") or body["name"])
