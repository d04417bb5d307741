"""The audience of a federated credential is the one that Entra of its cloud expects.

Why: a credential has one audience of 600 characters at most. Another than the recommended one is accepted where the
issuer writes it into its tokens, which few do: a warning.
Wrong: `applications: {shop-sender: {federated: [{issuer: https://ci.contoso.com, subject: webshop, audience: api://AzureADTokenExchanges}]}}`
Right: `applications: {shop-sender: {federated: [{issuer: https://ci.contoso.com, subject: webshop, audience: api://AzureADTokenExchange}]}}`
Source: https://learn.microsoft.com/graph/api/resources/federatedidentitycredential
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Application
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("APP004", on=Application, severity="warning")
def credential_audience(application: Application, context: Context) -> Iterator[Diagnostic]:
    facts = load_facts("directory.yaml")["federated_credential"]
    audiences, most = facts["audiences"], facts["audience"]["most"]
    expected = audiences.get(context.manifest.target.cloud, audiences["public"])
    for index, credential in enumerate(application.federated):
        place = ("federated", index, "audience")
        audience = credential.audience
        if not audience.strip():
            yield context.error("the audience is empty", *place, hint=f"leave it out: it is then {expected}")
        elif len(audience) > most:
            yield context.error(f"the audience has {len(audience)} characters; {most} are the most", *place)
        elif audience != expected:
            yield context.warning(
                f"the audience {audience!r} is not {expected}, which Entra of this cloud expects",
                *place,
                hint="leave it out, unless the issuer writes this one into its tokens",
                fix=context.change(f"write {expected}", expected, *place),
            )
