"""A principal that is looked up is named in full.

Why: `application_id` is the client id of an application, a GUID; `identity` and `resource` are resource ids, of a
user-assigned identity and of a resource that has an identity of its own.
Wrong: `grants: {checkout: {principal: {identity: id-checkout}}}`
Right: `grants: {checkout: {principal: {identity: /subscriptions/6f9619ff-8b86-d011-b42d-00c04fc964ff/resourceGroups/rg-shop/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-checkout}}}`
Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Grant, PrincipalReference
from provisioner.validate.context import Context
from provisioner.validate.name_matching import is_guid
from provisioner.validate.rule import rule

_IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"


@rule("GRA006", on=Grant)
def principal_reference(grant: Grant, context: Context) -> Iterator[Diagnostic]:
    if not isinstance(grant.principal, PrincipalReference):
        return
    # Imported late: most manifests name no resource here.
    from provisioner.resources import parse_resource_id

    kind, value = grant.principal.kind, grant.principal.value
    if kind == "application_id":
        if not is_guid(value):
            hint = "the client id of the app registration: `az ad app list --display-name NAME --query [].appId`"
            yield context.error(f"{value!r} is no client id (a GUID)", "principal", kind, hint=hint)
    elif kind != "application":
        parts = parse_resource_id(value) if value.startswith("/") else None
        is_identity = parts is not None and parts.type.lower() == _IDENTITY.lower()
        if parts is None or not is_guid(parts.subscription):
            example = _IDENTITY if kind == "identity" else "Microsoft.Web/sites"
            hint = f"/subscriptions/<guid>/resourceGroups/<group>/providers/{example}/<name>"
            yield context.error(f"{value!r} is no resource id", "principal", kind, hint=hint)
        elif is_identity != (kind == "identity"):
            right = "identity" if is_identity else "resource"
            message = f"{value!r} is the id of {'a user-assigned identity' if is_identity else f'a {parts.type}'}"
            fix = context.change(f"write {right}", right, "principal", kind, key=True)
            yield context.error(message, "principal", kind, hint=f"write `{right}` in place of `{kind}`", fix=fix)
