"""Which role assignments are the same grant: on one scope, for one principal, with one role, whatever their names."""

from __future__ import annotations

from provisioner.resources import Body, Resource, resource_type


def grant_triple(body: Body, *, lower: bool = True) -> tuple[str, str, str]:
    """What a grant grants: scope, principal and the GUID of the role."""
    properties = body.get("properties") or {}
    role = str(properties.get("roleDefinitionId", "")).rsplit("/", 1)[-1]
    scope, principal = str(properties.get("scope", "")), str(properties.get("principalId", ""))
    return (scope.lower(), principal.lower(), role.lower()) if lower else (scope, principal, role)


def declared_grant_triple(resource: Resource) -> tuple[str, str, str]:
    """The same of a grant that a manifest declares."""
    scope = str(resource.id or "").partition(f"/providers/{resource_type('grant').arm_type}/")[0]
    # A desired body has no scope: Azure derives it from the URL, which is the id.
    properties = {**resource.body.get("properties", {}), "scope": scope}
    return grant_triple({"properties": properties})
