"""A grant for an application names one that the manifest declares.

Why: the application's service principal is made together with it; one that others own is named by `application_id`.
Wrong:
    applications: {shop-sender: {federated: [{issuer: https://ci.contoso.com, subject: webshop}]}}
    grants: {shop: {principal: {application: shop-sendr}}}
Right:
    applications: {shop-sender: {federated: [{issuer: https://ci.contoso.com, subject: webshop}]}}
    grants: {shop: {principal: {application: shop-sender}}}
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Grant, PrincipalReference
from provisioner.suggest import nearest_name
from provisioner.validate.context import Context
from provisioner.validate.name_matching import join_with_and
from provisioner.validate.rule import rule


@rule("GRA007", on=Grant)
def grant_application(grant: Grant, context: Context) -> Iterator[Diagnostic]:
    principal = grant.principal
    if not isinstance(principal, PrincipalReference) or principal.kind != "application":
        return
    declared = context.manifest.applications
    if principal.value in declared or context.is_broken("applications"):
        return
    right = nearest_name(principal.value, declared)
    names = f"there are {join_with_and(list(declared)[:5])}" if declared else "declare it under `applications`"
    yield context.error(
        f"there is no application {principal.value!r}",
        "principal",
        "application",
        hint=f"did you mean {right!r}?" if right else names,
        fix=context.change(f"write {right!r}", right, "principal", "application") if right else None,
    )
