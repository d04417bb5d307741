"""Policy definitions: custom and built-in ones, their parameters, and how policy resources are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import policy_rules
from provisioner.emulator.arm.resource_envelope import list_response, system_data
from provisioner.emulator.http.response import ApiError, Response
from provisioner.emulator.store import StoredResource
from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request

DEFINITION = "Microsoft.Authorization/policyDefinitions"


def put_definition(request: Request) -> Response:
    """Create or replace a definition; raises ApiError 501 where it needs more than is enforced here."""
    properties = properties_of(request)
    policy_rules.check_rule(properties.get("policyRule"))
    check_shapes(properties)
    mode = properties.get("mode", "All")
    if not isinstance(mode, str) or mode.lower() not in {"all", "indexed"}:
        raise ApiError(501, "NotImplemented", f"The emulator does not implement the policy mode '{mode}'.")
    return put_policy_resource(request, DEFINITION, {**properties, "policyType": "Custom", "mode": mode})


def list_definitions(request: Request) -> Response:
    """The definitions of a subscription and the built-in ones that are enforced here."""
    scope = request.path_params["scope"]
    own = [record.body for record in request.state.store.find_by_type(DEFINITION, f"{scope}/providers/")]
    return list_response(request, [*own, *map(builtin_body, builtin_definitions())])


def find_definition(request: Request, definition_id: str) -> dict[str, Any] | None:
    """The properties of a definition, custom or built in, with its `id`."""
    record = request.state.store.get(definition_id)
    if record is not None:
        return {**record.body["properties"], "id": record.id}
    name = definition_id.rpartition("/")[2].lower()
    return {**builtin_definitions()[name], "id": definition_id} if name in builtin_definitions() else None


def parameter_values(definition: dict[str, Any], assignment: dict[str, Any]) -> dict[str, Any]:
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


def properties_of(request: Request) -> dict[str, Any]:
    """The properties in a body; raises ApiError 400 where there are none."""
    properties = request.parse_json_object().get("properties")
    if not isinstance(properties, dict):
        raise ApiError(400, "InvalidRequestContent", "The request content was invalid: 'properties' is required.")
    return properties


def check_shapes(properties: dict[str, Any]) -> None:
    """Raise ApiError 400 where parameters, excluded scopes or the enforcement are not of the shape that they have."""
    parameters = properties.get("parameters") or {}
    if not isinstance(parameters, dict) or not all(isinstance(entry, dict) for entry in parameters.values()):
        raise invalid_content("'parameters' is an object of objects")
    if not all(isinstance(entry.get("allowedValues", []), list) for entry in parameters.values()):
        raise invalid_content("'allowedValues' of a parameter is an array")
    excluded = properties.get("notScopes") or []
    if not isinstance(excluded, list) or not all(isinstance(scope, str) for scope in excluded):
        raise invalid_content("'notScopes' is an array of strings")
    if properties.get("enforcementMode", "Default") not in ("Default", "DoNotEnforce"):
        raise invalid_content("'enforcementMode' is Default or DoNotEnforce")


def invalid_content(problem: str) -> ApiError:
    """400 for a body of another shape, in Azure's words."""
    return ApiError(400, "InvalidRequestContent", f"The request content was invalid: {problem}.")


def put_policy_resource(request: Request, resource_type: str, properties: dict[str, Any]) -> Response:
    """Keep a definition, set or assignment."""
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


def builtin_definitions() -> dict[str, dict[str, Any]]:
    """The built-in definitions that are enforced here, by name."""
    definitions: dict[str, dict[str, Any]] = load_facts("policies.yaml")["definitions"]
    return definitions


def builtin_body(name: str) -> dict[str, Any]:
    """What is shown of a built-in definition."""
    properties = {key: value for key, value in builtin_definitions()[name].items() if key != "file"}
    id_ = f"/providers/{DEFINITION}/{name}"
    return {"id": id_, "name": name, "type": DEFINITION, "properties": {**properties, "policyType": "BuiltIn"}}
