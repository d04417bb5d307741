"""An application signs in with a federated credential, and a grant lets it send.

Why: none is made a secret for, so that without a federated credential nothing can sign in as it; without a grant it
signs in and may not send.
Wrong: `applications: {shop-sender: {federated: [{issuer: https://ci.contoso.com, subject: webshop}]}}`
Right:
    applications: {shop-sender: {federated: [{issuer: https://ci.contoso.com, subject: webshop}]}}
    grants: {shop: {principal: {application: shop-sender}}}
Source: https://learn.microsoft.com/entra/workload-id/workload-identity-federation
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Application, PrincipalReference
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("APP008", on=Application, severity="warning")
def application_used(application: Application, context: Context) -> Iterator[Diagnostic]:
    if not application.federated and context.is_intact(*application.path):
        yield context.warning(
            f"nothing can sign in as {application.name!r}: it has no federated credential and never gets a secret",
            key=True,
            hint="write `federated: [{issuer: …, subject: …}]`",
        )
    reference = PrincipalReference("application", application.name)
    if context.is_broken("grants"):
        return
    if not any(grant.principal == reference for grant in context.manifest.grants.values()):
        yield context.warning(
            f"no grant lets the application {application.name!r} send",
            key=True,
            hint=f"write `grants: {{NAME: {{principal: {{application: {application.name}}}}}}}`",
        )
