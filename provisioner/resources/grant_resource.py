"""Grants: role assignments that let a principal send to a DCR."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from provisioner.errors import ProvisionerError
from provisioner.model import PUBLISHER, SELF, Grant, PrincipalKind, PrincipalReference
from provisioner.package_data import load_facts
from provisioner.resources.expansion_context import ExpansionContext, application_unique_name
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
        principal = _object_id(grant, context)
        application = _application_to_make(grant, context)
        principal_type = context.principal_type if is_self and context.principal_type else grant.type
        definition = (
            f"/subscriptions/{manifest.target.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        )
        body = context.templates.render_body(
            "grant",
            grant=grant,
            principal=principal,
            application=application,
            sender=_sender_words(grant),
            parameter="principalId" if is_self else _parameter_name(grant),
            kind=principal_type,
            role_definition=definition,
        )
        principal_key = _principal_key(grant, context) or principal
        for name in grant.dcrs:
            scope = resource_id(context.group_id, resource_type("dcr").arm_type, name)
            assignment = assignment_name(scope, principal_key, role) if principal_key else None
            yield Resource(
                type_,
                f"{grant.name}/{name}",
                assignment,
                f"{scope}/providers/{type_.arm_type}/{assignment}" if assignment else None,
                body,
                scope=("dcr", name),
                path=grant.path,
            )


def _object_id(grant: Grant, context: ExpansionContext) -> str | None:
    """The object id of the principal as far as it is known."""
    if isinstance(grant.principal, PrincipalReference):
        return (context.object_ids or {}).get(grant.principal)
    return context.principal if grant.principal == SELF else grant.principal


def _application_to_make(grant: Grant, context: ExpansionContext) -> str | None:
    """The name of the application of ours whose service principal the apply must make first; None for none."""
    principal = grant.principal
    if not isinstance(principal, PrincipalReference) or principal.kind != "application":
        return None
    return principal.value if context.object_ids is not None and principal not in context.object_ids else None


def _principal_key(grant: Grant, context: ExpansionContext) -> str | None:
    """What stands for the principal in the assignment's name, where that is not its object id."""
    # Its object id is not known before the application is made, and the name of the assignment must be.
    if isinstance(grant.principal, PrincipalReference) and grant.principal.kind == "application":
        return (
            application_unique_name(context.manifest, grant.principal.value) if context.object_ids is not None else None
        )
    return None


_SENDER_WORDS: Mapping[PrincipalKind, str] = {
    "application": "the service principal of the application {}, which is made in Entra and not by these files",
    "application_id": "the service principal of the application with the client id {}",
    "identity": "the user-assigned identity {}",
    "resource": "the system-assigned identity of {}",
}


def _sender_words(grant: Grant) -> str:
    """Whose object id a rendered template asks for."""
    principal = grant.principal
    if isinstance(principal, PrincipalReference):
        return _SENDER_WORDS[principal.kind].format(principal.value)
    return "the identity that sends"


def _parameter_name(grant: Grant) -> str:
    """The parameter of a rendered template that holds the principal's object id: `principalIdOfWebShop`."""
    words = re.findall(r"[A-Za-z0-9]+", grant.name)
    return "principalIdOf" + "".join(word[0].upper() + word[1:] for word in words)


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
