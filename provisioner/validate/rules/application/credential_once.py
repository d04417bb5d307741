"""Two federated credentials of an application differ in issuer or subject, and in name.

Why: Entra refuses a second credential of the same issuer and subject, or of the same name.
Wrong: `applications: {shop-sender: {federated: [{issuer: https://ci.contoso.com, subject: webshop}, {issuer: https://ci.contoso.com, subject: webshop}]}}`
Right: `applications: {shop-sender: {federated: [{issuer: https://ci.contoso.com, subject: webshop}, {issuer: https://ci.contoso.com, subject: api}]}}`
Source: https://learn.microsoft.com/graph/api/resources/federatedidentitycredential
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Application
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("APP005", on=Application)
def credential_once(application: Application, context: Context) -> Iterator[Diagnostic]:
    seen: set[tuple[str, str]] = set()
    names: set[str] = set()
    for index, credential in enumerate(application.federated):
        if not context.is_intact(*application.path, "federated", index):
            continue
        token = (credential.issuer, credential.subject)
        if token in seen:
            message = f"the application {application.name!r} has this issuer and subject already"
            yield context.error(message, "federated", index, hint="remove one of them")
        elif credential.name.lower() in names:
            message = f"the application {application.name!r} has a credential {credential.name!r} already"
            yield context.error(message, "federated", index, "name", hint="choose another name, or leave it out")
        seen.add(token)
        names.add(credential.name.lower())
