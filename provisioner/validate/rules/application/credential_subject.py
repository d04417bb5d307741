"""The subject of a federated credential is that of the issuer's tokens, letter by letter.

Why: Entra compares it with the claim `sub`: patterns such as `*` match nothing, and a subject in another form than its
issuer writes never signs in. It has 600 characters at most. A subject that no token of a known issuer can have is a
warning.
Wrong: `applications: {shop-sender: {federated: [{issuer: https://token.actions.githubusercontent.com, subject: contoso/webshop}]}}`
Right: `applications: {shop-sender: {federated: [{issuer: https://token.actions.githubusercontent.com, subject: "repo:contoso/webshop:ref:refs/heads/main"}]}}`
Source: https://learn.microsoft.com/graph/api/resources/federatedidentitycredential
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioner.diagnostics import Diagnostic
from provisioner.model import Application, FederatedCredential
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.name_matching import compiled_pattern
from provisioner.validate.rule import rule


@rule("APP003", on=Application, severity="warning")
def credential_subject(application: Application, context: Context) -> Iterator[Diagnostic]:
    facts = load_facts("directory.yaml")["federated_credential"]
    for index, credential in enumerate(application.federated):
        place = ("federated", index, "subject")
        if not context.is_intact(*application.path, *place):
            continue
        subject, most = credential.subject, facts["subject"]["most"]
        if not subject or subject != subject.strip():
            message = f"the subject {subject!r} is empty or has blanks at its ends"
            yield context.error(message, *place, hint="write the claim `sub` of the tokens")
        elif len(subject) > most:
            yield context.error(f"the subject has {len(subject)} characters; {most} are the most", *place)
        elif "*" in subject:
            message = f"the subject {subject!r} has a `*`, which stands for itself and no other character"
            yield context.warning(message, *place, hint="write a credential for each subject")
        elif issuer_facts := _other_form(credential, facts["issuers"]):
            message = f"no token of {credential.issuer} has the subject {subject!r}"
            yield context.warning(
                message, *place, hint=f"write it as {issuer_facts['example']}", source=issuer_facts["source"]
            )


def _other_form(credential: FederatedCredential, issuers: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The facts of the credential's issuer where its subjects have another form; None where nothing is known."""
    issuer = credential.issuer.rstrip("/")
    for issuer_facts in issuers:
        is_known = (
            issuer.startswith(issuer_facts["issuer"])
            if issuer_facts.get("prefix")
            else issuer == issuer_facts["issuer"]
        )
        if is_known and not compiled_pattern(issuer_facts["subject"]).match(credential.subject):
            return issuer_facts
    return None
