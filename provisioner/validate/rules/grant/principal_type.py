"""A principal that is looked up is a service principal.

Why: applications and managed identities are, for a role assignment, of the type ServicePrincipal; Azure refuses an
assignment whose type is not the principal's.
Wrong: `grants: {checkout: {principal: {application_id: 6f9619ff-8b86-d011-b42d-00c04fc964ff}, type: User}}`
Right: `grants: {checkout: {principal: {application_id: 6f9619ff-8b86-d011-b42d-00c04fc964ff}}}`
Source: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Grant, PrincipalReference
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("GRA008", on=Grant)
def principal_type(grant: Grant, context: Context) -> Iterator[Diagnostic]:
    if isinstance(grant.principal, PrincipalReference) and grant.type != "ServicePrincipal":
        yield context.error(
            f"{grant.principal} is a ServicePrincipal, and no {grant.type}",
            "type",
            hint="leave `type` out",
            fix=context.change("write ServicePrincipal", "ServicePrincipal", "type"),
        )
