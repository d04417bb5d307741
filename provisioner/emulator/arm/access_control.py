"""Who may do what: role assignments looked up along a scope, as Azure does."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from provisioner.emulator.http.response import Refusal
from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.emulator.faults import Fault
    from provisioner.emulator.http.request import Call, Principal, World

ASSIGNMENT = "Microsoft.Authorization/roleAssignments"


@cache
def roles() -> dict[str, dict[str, Any]]:
    """The built-in roles by their GUID."""
    return {role["id"]: role for role in load_facts("emulator.yaml")["roles"]}


def scopes(resource: str) -> Iterator[str]:
    """The resource and everything above it, lower case, up to the root."""
    parts = resource.lower().strip("/").split("/")
    for end in range(len(parts), 0, -1):
        yield "/" + "/".join(parts[:end])
    yield ""


def authorize(call: Call, action: str, resource: str) -> None:
    """Refuse (403 AuthorizationFailed) what no role of the caller allows at that resource."""
    if call.principal.object_id == call.world.identity.object_id or _holds(call, call.principal, action, resource):
        return
    message = (
        f"The client '{call.principal.client_id}' with object id '{call.principal.object_id}' does not have "
        "authorization to perform "
        f"action '{action}' over scope '{resource}' or the scope is invalid. If access was recently granted, "
        "please refresh your credentials."
    )
    raise Refusal(403, "AuthorizationFailed", message)


def may_ingest(world: World, principal: Principal, dcr: str) -> bool:
    """Whether the caller holds the data action that ingestion asks for, on the rule or above."""
    wanted = "Microsoft.Insights/Telemetry/Write"
    if any(each.values["principal"] in {"*", principal.object_id} for each in denials(world, dcr)):
        return False
    return any(_matches(wanted, role["data_actions"]) for role in _granted(world, principal, dcr))


def denials(world: World, resource: str) -> list[Fault]:
    """The deny assignments that the faults put at a resource or above it."""
    standing = [each for each in world.faults.active if each.fault == "deny"]
    return [each for each in standing if resource.lower().startswith(each.values["scope"].lower().rstrip("/"))]


def _holds(call: Call, principal: Principal, action: str, resource: str) -> bool:
    return any(
        _matches(action, role["actions"]) and not _matches(action, role["not_actions"])
        for role in _granted(call.world, principal, resource)
    )


def _granted(world: World, principal: Principal, resource: str) -> Iterator[dict[str, Any]]:
    """The roles that the principal holds at the resource, by assignments that have spread."""
    for scope in scopes(resource):
        for record in world.store.find(ASSIGNMENT, f"{scope}/providers/microsoft.authorization/roleassignments/"):
            properties = record.body["properties"]
            if properties["principalId"].lower() != principal.object_id.lower():
                continue
            if record.private["at"] + world.faults.value("rbac_delay", 0.0) > world.clock.now():
                continue
            role = roles().get(properties["roleDefinitionId"].rpartition("/")[2].lower())
            if role is not None:
                yield role


def _matches(action: str, patterns: list[str]) -> bool:
    return any(_pattern(each).fullmatch(action) for each in patterns)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text).replace(r"\*", ".*"), re.IGNORECASE)
