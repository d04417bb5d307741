"""Azure Policy: definitions and assignments, listed and, with effect deny, enforced for every write of a resource."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import policy_rules
from provisioner.emulator.arm.access_control import scope_and_ancestors
from provisioner.emulator.arm.resource_envelope import list_response, system_data
from provisioner.emulator.http.response import ApiError, Response
from provisioner.emulator.store import StoredResource
from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request

ASSIGNMENT = "Microsoft.Authorization/policyAssignments"
DEFINITION = "Microsoft.Authorization/policyDefinitions"
_KEPT = (
    "displayName",
    "description",
    "metadata",
    "parameters",
    "enforcementMode",
    "notScopes",
    "nonComplianceMessages",
)
_NOT_CHECKED = ("microsoft.authorization/", "microsoft.resources/deployments", "microsoft.resources/tags")


def put_definition(request: Request) -> Response:
    """Create or replace a definition; raises ApiError 501 where it needs more than is enforced here."""
    properties = _properties(request)
    policy_rules.check_rule(properties.get("policyRule"))
    _check_shapes(properties)
    mode = properties.get("mode", "All")
    if not isinstance(mode, str) or mode.lower() not in {"all", "indexed"}:
        raise ApiError(501, "NotImplemented", f"The emulator does not implement the policy mode '{mode}'.")
    return _put(request, DEFINITION, {**properties, "policyType": "Custom", "mode": mode})


def put_assignment(request: Request) -> Response:
    """Assign a definition to a scope, with the values of its parameters."""
    properties = _properties(request)
    definition_id = str(properties.get("policyDefinitionId", ""))
    definition = _definition(request, definition_id)
    if definition is None:
        message = f"The policy definition '{definition_id.rpartition('/')[2]}' could not be found."
        raise ApiError(404, "PolicyDefinitionNotFound", message)
    kept = {name: properties[name] for name in _KEPT if properties.get(name) is not None}
    _check_shapes(kept)
    values = _parameter_values(definition, kept)
    policy_rules.check_effect(str(policy_rules.evaluate(definition["policyRule"]["then"]["effect"], values)))
    scope = request.path_params["scope"]
    own = {"policyDefinitionId": definition_id, "scope": scope, "enforcementMode": "Default"}
    return _put(request, ASSIGNMENT, {**own, **kept})


def get(request: Request) -> Response:
    """Show an assignment or a definition."""
    record = request.state.store.get(request.path)
    if record is not None:
        return Response(200, record.body)
    name = request.path_params["name"]
    if "/policydefinitions/" not in request.path.lower():
        raise ApiError(404, "PolicyAssignmentNotFound", f"The policy assignment '{name}' could not be found.")
    if name.lower() in _builtin_definitions():
        return Response(200, _builtin_body(name.lower()))
    raise ApiError(404, "PolicyDefinitionNotFound", f"The policy definition '{name}' could not be found.")


def delete(request: Request) -> Response:
    """Delete an assignment or a definition; 204 where there is none."""
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


def list_definitions(request: Request) -> Response:
    """The definitions of a subscription and the built-in ones that are enforced here."""
    scope = request.path_params["scope"]
    own = [record.body for record in request.state.store.find_by_type(DEFINITION, f"{scope}/providers/")]
    return list_response(request, [*own, *map(_builtin_body, _builtin_definitions())])


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
    definition = _definition(request, properties["policyDefinitionId"])
    if definition is None or properties["enforcementMode"] == "DoNotEnforce":
        return
    # Indexed: only of types that have tags and a location.
    if definition["mode"].lower() == "indexed" and ("location" not in resource or _is_group(resource)):
        return
    values = _parameter_values(definition, properties)
    rule = definition["policyRule"]
    effect = str(policy_rules.evaluate(rule["then"]["effect"], values))
    if effect.lower() == "deny" and policy_rules.holds(rule["if"], resource, values):
        raise _disallowed(resource, assignment, definition)


def _disallowed(resource: dict[str, Any], assignment: StoredResource, definition: dict[str, Any]) -> ApiError:
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


def _definition(request: Request, definition_id: str) -> dict[str, Any] | None:
    """The properties of a definition, custom or built in, with its `id`."""
    record = request.state.store.get(definition_id)
    if record is not None:
        return {**record.body["properties"], "id": record.id}
    name = definition_id.rpartition("/")[2].lower()
    return {**_builtin_definitions()[name], "id": definition_id} if name in _builtin_definitions() else None


def _parameter_values(definition: dict[str, Any], assignment: dict[str, Any]) -> dict[str, Any]:
    """The values of a definition's parameters; raises ApiError 400 for one that is missing or not allowed."""
    declared, sent = definition.get("parameters") or {}, assignment.get("parameters") or {}
    values = {name: entry["defaultValue"] for name, entry in declared.items() if "defaultValue" in entry}
    values |= {name: entry.get("value") for name, entry in sent.items() if isinstance(entry, dict)}
    if unknown := sorted(set(values) - set(declared)):
        message = f"The policy assignment has the parameters {', '.join(unknown)}, which its definition does not."
        raise ApiError(400, "UndefinedPolicyParameter", message)
    if missing := sorted(set(declared) - set(values)):
        message = f"The policy assignment is missing the parameter values '{', '.join(missing)}' as defined."
        raise ApiError(400, "MissingPolicyParameter", message)
    for name, value in values.items():
        allowed = declared[name].get("allowedValues")
        if allowed is not None and value not in allowed:
            message = f"The value '{value}' is not allowed for policy parameter '{name}'; it is one of {allowed}."
            raise ApiError(400, "PolicyParameterValueNotAllowed", message)
    return values


def _properties(request: Request) -> dict[str, Any]:
    properties = request.parse_json_object().get("properties")
    if not isinstance(properties, dict):
        raise ApiError(400, "InvalidRequestContent", "The request content was invalid: 'properties' is required.")
    return properties


def _check_shapes(properties: dict[str, Any]) -> None:
    """Raise ApiError 400 where parameters, excluded scopes or the enforcement are not of the shape that they have."""
    parameters = properties.get("parameters") or {}
    if not isinstance(parameters, dict) or not all(isinstance(entry, dict) for entry in parameters.values()):
        raise _invalid("'parameters' is an object of objects")
    if not all(isinstance(entry.get("allowedValues", []), list) for entry in parameters.values()):
        raise _invalid("'allowedValues' of a parameter is an array")
    excluded = properties.get("notScopes") or []
    if not isinstance(excluded, list) or not all(isinstance(scope, str) for scope in excluded):
        raise _invalid("'notScopes' is an array of strings")
    if properties.get("enforcementMode", "Default") not in ("Default", "DoNotEnforce"):
        raise _invalid("'enforcementMode' is Default or DoNotEnforce")


def _invalid(problem: str) -> ApiError:
    return ApiError(400, "InvalidRequestContent", f"The request content was invalid: {problem}.")


def _put(request: Request, resource_type: str, properties: dict[str, Any]) -> Response:
    existing = request.state.store.get(request.path)
    record = StoredResource(existing.id if existing else request.path, resource_type, {})
    record.body = {
        "id": record.id,
        "name": record.name,
        "type": resource_type,
        "properties": properties,
        "systemData": system_data(request, existing),
    }
    request.state.store.put(record)
    # Recorded by its clients: 201 for a new one and for one that is replaced.
    return Response(201, record.body)


def _shown_name(body: dict[str, Any]) -> str:
    return str(body["properties"].get("displayName") or body["name"])


def _builtin_definitions() -> dict[str, dict[str, Any]]:
    definitions: dict[str, dict[str, Any]] = load_facts("policies.yaml")["definitions"]
    return definitions


def _builtin_body(name: str) -> dict[str, Any]:
    properties = {key: value for key, value in _builtin_definitions()[name].items() if key != "file"}
    id_ = f"/providers/{DEFINITION}/{name}"
    return {"id": id_, "name": name, "type": DEFINITION, "properties": {**properties, "policyType": "BuiltIn"}}
