"""Role-based access control: a caller's roles at a resource and at every scope above it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from provisioner.emulator.azure_facts import builtin_roles
from provisioner.emulator.http.response import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.emulator.faults import Fault
    from provisioner.emulator.http.request import Principal, Request
    from provisioner.emulator.state import EmulatorState
    from provisioner.emulator.store import StoredResource

ROLE_ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
ROLE_DEFINITION = "Microsoft.Authorization/roleDefinitions"
_INGEST_ACTION = "Microsoft.Insights/Telemetry/Write"


def scope_and_ancestors(resource: str) -> Iterator[str]:
    """The id of a resource and of everything above it, lower case, the root's empty id last."""
    parts = resource.lower().strip("/").split("/")
    for end in range(len(parts), 0, -1):
        yield "/" + "/".join(parts[:end])
    yield ""


def authorize(request: Request, action: str, resource: str) -> None:
    """Raise ApiError 403 AuthorizationFailed where no role of the caller allows the action at that resource."""
    if _may(request, action, resource):
        return
    message = (
        f"The client '{request.principal.client_id}' with object id '{request.principal.object_id}' does not have "
        "authorization to perform "
        f"action '{action}' over scope '{resource}' or the scope is invalid. If access was recently granted, "
        "please refresh your credentials."
    )
    raise ApiError(403, "AuthorizationFailed", message)


def authorize_link(request: Request, action: str, resource: str, linked_action: str, linked: str) -> None:
    """Raise ApiError 403 LinkedAuthorizationFailed where the caller lacks an action at what a resource points to."""
    if _may(request, linked_action, linked):
        return
    message = (
        f"The client '{request.principal.client_id}' with object id '{request.principal.object_id}' has permission to "
        f"perform action '{action}' on scope '{resource}'; however, it does not have permission to perform action "
        f"'{linked_action}' on the linked scope(s) '{linked}' or the linked scope(s) are invalid."
    )
    raise ApiError(403, "LinkedAuthorizationFailed", message)


def _may(request: Request, action: str, resource: str) -> bool:
    # The default application owns every subscription, as the person who opened an Azure subscription does.
    is_owner = request.principal.object_id == request.state.identity.object_id
    return is_owner or _has_permission(request, request.principal, action, resource)


def may_ingest(state: EmulatorState, principal: Principal, dcr: str) -> bool:
    """Whether the caller may send rows to a rule: Telemetry/Write on it or above, and no deny assignment."""
    if any(fault.values["principal"] in {"*", principal.object_id} for fault in deny_faults_at(state, dcr)):
        return False
    return any(
        _matches_any(_INGEST_ACTION, role.get("data_actions", []))
        and not _matches_any(_INGEST_ACTION, role.get("not_data_actions", []))
        for role in effective_roles(state, principal, dcr)
    )


def deny_faults_at(state: EmulatorState, resource: str) -> list[Fault]:
    """The active faults `deny` whose scope is the resource or above it."""
    deny_faults = [fault for fault in state.faults.active if fault.fault == "deny"]
    return [fault for fault in deny_faults if resource.lower().startswith(fault.values["scope"].lower().rstrip("/"))]


def _has_permission(request: Request, principal: Principal, action: str, resource: str) -> bool:
    return any(
        _matches_any(action, role.get("actions", [])) and not _matches_any(action, role.get("not_actions", []))
        for role in effective_roles(request.state, principal, resource)
    )


def find_role(state: EmulatorState, role_id: str) -> dict[str, Any] | None:
    """A built-in role or a custom one, by its GUID: its `name`, its `actions` and `not_actions`, and those for data."""
    stored = state.store.get(custom_role_id(role_id))
    return builtin_roles().get(role_id.lower()) or (stored.private if stored else None)


def custom_role_id(role_id: str) -> str:
    """The id under which a custom role is stored: it is known in the whole tenant, whatever scope it was made at."""
    return f"/providers/{ROLE_DEFINITION}/{role_id.lower()}"


def effective_roles(state: EmulatorState, principal: Principal, resource: str) -> Iterator[dict[str, Any]]:
    """The roles that the principal holds at the resource, built-in and custom ones."""
    for scope in scope_and_ancestors(resource):
        prefix = f"{scope}/providers/microsoft.authorization/roleassignments/"
        for assignment in state.store.find_by_type(ROLE_ASSIGNMENT, prefix):
            properties = assignment.body["properties"]
            if properties["principalId"].lower() == principal.object_id.lower() and _has_spread(state, assignment):
                role = find_role(state, properties["roleDefinitionId"].rpartition("/")[2])
                if role is not None:
                    yield role


def _has_spread(state: EmulatorState, assignment: StoredResource) -> bool:
    # In Azure an assignment holds after seconds to half an hour; here at once, unless the fault says otherwise.
    created: float = assignment.private["at"]
    return created + state.faults.seconds_of("rbac_delay", 0.0) <= state.clock.now()


def _matches_any(action: str, patterns: list[str]) -> bool:
    return any(_action_pattern(pattern).fullmatch(action) for pattern in patterns)


@cache
def _action_pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text).replace(r"\*", ".*"), re.IGNORECASE)
