"""The name of a federated credential has 3 to 120 characters that a URL takes as they are.

Why: it is part of the address of the credential, and cannot be changed later.
Wrong: `applications: {shop-sender: {federated: [{issuer: https://ci.contoso.com, subject: webshop, name: "main branch"}]}}`
Right: `applications: {shop-sender: {federated: [{issuer: https://ci.contoso.com, subject: webshop, name: main-branch}]}}`
Source: https://learn.microsoft.com/graph/api/resources/federatedidentitycredential
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Application
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.name_matching import matches_pattern
from provisioner.validate.rule import rule


@rule("APP006", on=Application)
def credential_name(application: Application, context: Context) -> Iterator[Diagnostic]:
    facts = load_facts("directory.yaml")["federated_credential"]["name"]
    for index, credential in enumerate(application.federated):
        fits = facts["least"] <= len(credential.name) <= facts["most"]
        # One that is left out is derived from a name that APP007 checks.
        if not (fits and matches_pattern(credential.name, facts["pattern"])) and context.document.explicit(
            (*application.path, "federated", index, "name")
        ):
            message = f"the name {credential.name!r} does not have {facts['least']} to {facts['most']} of: letters, digits, - . _ ~"
            yield context.error(message, "federated", index, "name", hint="leave it out: it is then derived")
