"""Policy set definitions (initiatives): several definitions assigned at once, their parameters handed down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import policy_rules
from provisioner.emulator.arm.policy_definitions import (
    check_shapes,
    find_definition,
    invalid_content,
    parameter_values,
    properties_of,
    put_policy_resource,
)
from provisioner.emulator.arm.resource_envelope import list_response
from provisioner.emulator.http.response import ApiError

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.http.response import Response

SET_DEFINITION = "Microsoft.Authorization/policySetDefinitions"


@dataclass(frozen=True, slots=True)
class AssignedPolicy:
    """One definition that an assignment brings, with the values of its parameters, and the set that it came in."""

    definition: dict[str, Any]
    values: dict[str, Any]
    policy_set: dict[str, Any] | None = None
    reference: str = ""

    @property
    def effect(self) -> str:
        """The effect in lower case; raises ApiError 400 where it cannot be evaluated."""
        return str(policy_rules.evaluate(self.definition["policyRule"]["then"]["effect"], self.values)).lower()


def put(request: Request) -> Response:
    """Create or replace a set; raises ApiError 400 for one that is none, 404 for a definition that is missing."""
    properties = properties_of(request)
    check_shapes(properties)
    members = properties.get("policyDefinitions")
    if not isinstance(members, list) or not members or not all(isinstance(member, dict) for member in members):
        raise invalid_content("'policyDefinitions' is an array of objects, at least one")
    # Azure numbers those that have no reference id of their own.
    numbered = [
        {**member, "policyDefinitionReferenceId": str(member.get("policyDefinitionReferenceId") or number)}
        for number, member in enumerate(members, 1)
    ]
    references = [member["policyDefinitionReferenceId"].lower() for member in numbered]
    if len(set(references)) < len(references):
        raise invalid_content("each 'policyDefinitionReferenceId' may stand once")
    for member in numbered:
        _check_member(request, member)
    return put_policy_resource(
        request, SET_DEFINITION, {**properties, "policyType": "Custom", "policyDefinitions": numbered}
    )


def _check_member(request: Request, member: dict[str, Any]) -> None:
    definition_id = str(member.get("policyDefinitionId", ""))
    definition = find_definition(request, definition_id)
    if definition is None:
        message = f"The policy definition '{definition_id.rpartition('/')[2]}' could not be found."
        raise ApiError(404, "PolicyDefinitionNotFound", message)
    parameters = member.get("parameters") or {}
    if not isinstance(parameters, dict) or not all(isinstance(entry, dict) for entry in parameters.values()):
        raise invalid_content("'parameters' of a policy definition in a set is an object of objects")
    if unknown := sorted(set(parameters) - set(definition.get("parameters") or {})):
        message = f"The policy set definition has the parameters {', '.join(unknown)}, which its definition does not."
        raise ApiError(400, "UndefinedPolicyParameter", message)


def list_all(request: Request) -> Response:
    """The sets of a subscription."""
    prefix = f"{request.path_params['scope']}/providers/"
    return list_response(request, [record.body for record in request.state.store.find_by_type(SET_DEFINITION, prefix)])


def assigned_policies(request: Request, assignment: dict[str, Any]) -> list[AssignedPolicy] | None:
    """The definitions that the properties of an assignment bring: one, or those of a set; None where it is missing.

    Raises ApiError 400 for values of parameters that do not fit.
    """
    definition_id = str(assignment.get("policyDefinitionId", ""))
    if f"/{SET_DEFINITION.lower()}/" not in definition_id.lower():
        definition = find_definition(request, definition_id)
        return None if definition is None else [AssignedPolicy(definition, parameter_values(definition, assignment))]
    record = request.state.store.get(definition_id)
    if record is None:
        return None
    policy_set = {**record.body["properties"], "id": record.id, "name": record.name}
    values = parameter_values(policy_set, assignment)
    return [
        _member_policy(definition, member, values, policy_set)
        for member in policy_set["policyDefinitions"]
        # One that was deleted since denies nothing.
        if (definition := find_definition(request, member["policyDefinitionId"])) is not None
    ]


def _member_policy(
    definition: dict[str, Any], member: dict[str, Any], values: dict[str, Any], policy_set: dict[str, Any]
) -> AssignedPolicy:
    own = {
        name: {"value": policy_rules.evaluate(entry.get("value"), values)}
        for name, entry in (member.get("parameters") or {}).items()
    }
    reference = member["policyDefinitionReferenceId"]
    return AssignedPolicy(definition, parameter_values(definition, {"parameters": own}), policy_set, reference)
