"""Grants: role assignments that let a principal send to a DCR."""

from __future__ import annotations

import re
from collections.abc import Iterator

from provisioner.errors import ProvisionerError
from provisioner.model import PUBLISHER, SELF
from provisioner.package_data import load_facts
from provisioner.resources.expansion_context import ExpansionContext
from provisioner.resources.flatten import ManifestFragment, unmapped_properties
from provisioner.resources.resource import Resource
from provisioner.resources.resource_ids import arm_guid, resource_id
from provisioner.resources.resource_types import Body, resource_type

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def expand(context: ExpansionContext) -> Iterator[Resource]:
    """One role assignment for each grant and DCR, at the scope of the DCR, where ingestion checks it."""
    type_, manifest = resource_type("grant"), context.manifest
    for grant in manifest.grants.values():
        role = role_id(grant.role)
        is_self = grant.principal == SELF
        principal = context.principal if is_self else grant.principal
        principal_type = context.principal_type if is_self and context.principal_type else grant.type
        definition = (
            f"/subscriptions/{manifest.target.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        )
        body = context.templates.render_body(
            "grant", grant=grant, principal=principal, kind=principal_type, role_definition=definition
        )
        for name in grant.dcrs:
            scope = resource_id(context.group_id, resource_type("dcr").arm_type, name)
            assignment = assignment_name(scope, principal, role) if principal else None
            yield Resource(
                type_,
                f"{grant.name}/{name}",
                assignment,
                f"{scope}/providers/{type_.arm_type}/{assignment}" if assignment else None,
                body,
                scope=("dcr", name),
                path=grant.path,
            )


def assignment_name(scope: str, principal: str, role: str) -> str:
    """The name (a GUID) of the assignment: derived, so that a second apply meets it and it marks the grant as ours."""
    # Azure recommends names made of scope, principal and role: a random one fails on the second deployment.
    # Source: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
    return arm_guid(scope, principal, role)


def role_id(role: str) -> str:
    """The GUID of a role given by name or GUID. Raises ProvisionerError for a name that is not known offline."""
    if _GUID.fullmatch(role):
        return role.lower()
    roles: dict[str, str] = load_facts("roles.yaml")["roles"]
    for name, id_ in roles.items():
        if name.lower() == role.lower():
            return id_
    raise ProvisionerError(f"the role {role!r} is not known", hint=f"give its GUID, or one of: {', '.join(roles)}")


def flatten(body: Body) -> ManifestFragment:
    """The keys of one role assignment, without its name and its DCR."""
    properties = body.get("properties") or {}
    fields = {"principal": properties.get("principalId")}
    if properties.get("principalType", "ServicePrincipal") != "ServicePrincipal":
        fields["type"] = properties["principalType"]
    role = role_name(str(properties.get("roleDefinitionId", "")).rsplit("/", 1)[-1])
    if role != PUBLISHER:
        fields["role"] = role
    mapped = ("properties.principalId", "properties.principalType", "properties.roleDefinitionId")
    return ManifestFragment(fields, tuple(unmapped_properties(body, resource_type("grant"), mapped)))


def role_name(id_: str) -> str:
    """The name of a role that is known offline, else its GUID."""
    roles: dict[str, str] = load_facts("roles.yaml")["roles"]
    return next((name for name, guid in roles.items() if guid == id_.lower()), id_)
