"""Grants: the right of a principal to send to a DCR."""

from __future__ import annotations

import re
from collections.abc import Iterator

from provisioner.errors import ProvisionerError
from provisioner.model import PUBLISHER, SELF
from provisioner.package_data import load_facts
from provisioner.resources.expansion_context import Context
from provisioner.resources.flatten import Flat, unread
from provisioner.resources.resource import Resource
from provisioner.resources.resource_ids import guid, resource_id
from provisioner.resources.resource_types import Body, resource_type

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def expand(context: Context) -> Iterator[Resource]:
    """One role assignment per grant and DCR, on the DCR itself: the scope that ingestion asks for."""
    type_, manifest = resource_type("grant"), context.manifest
    for grant in manifest.grants.values():
        role = role_id(grant.role)
        runs = grant.principal == SELF
        principal = context.principal if runs else grant.principal
        kind = context.principal_type if runs and context.principal_type else grant.type
        definition = (
            f"/subscriptions/{manifest.target.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        )
        body = context.templates.body("grant", grant=grant, principal=principal, kind=kind, role_definition=definition)
        for name in grant.dcrs:
            scope = resource_id(context.group, resource_type("dcr").name, name)
            assignment = assignment_name(scope, principal, role) if principal else None
            yield Resource(
                type_,
                f"{grant.name}/{name}",
                assignment,
                f"{scope}/providers/{type_.name}/{assignment}" if assignment else None,
                body,
                scope=("dcr", name),
                path=("grants", grant.name),
            )


def assignment_name(scope: str, principal: str, role: str) -> str:
    """The GUID that makes a grant ours: the same arguments always give the same name."""
    return guid(scope, principal, role)


def role_id(role: str) -> str:
    """The GUID of a role given by name or GUID. Raises ProvisionerError for a name that is not known offline."""
    if _GUID.fullmatch(role):
        return role.lower()
    known: dict[str, str] = load_facts("roles.yaml")["roles"]
    for name, id_ in known.items():
        if name.lower() == role.lower():
            return id_
    raise ProvisionerError(f"the role {role!r} is not known", hint=f"give its GUID, or one of: {', '.join(known)}")


def flatten(body: Body) -> Flat:
    """The words of one role assignment, but for its name and its DCR."""
    properties = body.get("properties") or {}
    words = {"principal": properties.get("principalId")}
    if properties.get("principalType", "ServicePrincipal") != "ServicePrincipal":
        words["type"] = properties["principalType"]
    role = role_name(str(properties.get("roleDefinitionId", "")).rsplit("/", 1)[-1])
    if role != PUBLISHER:
        words["role"] = role
    read = ("properties.principalId", "properties.principalType", "properties.roleDefinitionId")
    return Flat(words, tuple(unread(body, resource_type("grant"), read)))


def role_name(id_: str) -> str:
    """The name of a role by its GUID where it is known, else the GUID."""
    known: dict[str, str] = load_facts("roles.yaml")["roles"]
    return next((name for name, guid_ in known.items() if guid_ == id_.lower()), id_)
