"""The issuer of a federated credential is the https address that its tokens name.

Why: Entra reads the issuer's keys from that address and compares it with the claim `iss` letter by letter; an address
without https, or with a query, is the issuer of no token. It has 600 characters at most.
Wrong: `applications: {shop-sender: {federated: [{issuer: token.actions.githubusercontent.com, subject: "repo:contoso/webshop:ref:refs/heads/main"}]}}`
Right: `applications: {shop-sender: {federated: [{issuer: https://token.actions.githubusercontent.com, subject: "repo:contoso/webshop:ref:refs/heads/main"}]}}`
Source: https://learn.microsoft.com/graph/api/resources/federatedidentitycredential
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from provisioner.diagnostics import Diagnostic
from provisioner.model import Application
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("APP002", on=Application)
def credential_issuer(application: Application, context: Context) -> Iterator[Diagnostic]:
    most = load_facts("directory.yaml")["federated_credential"]["issuer"]["most"]
    for index, credential in enumerate(application.federated):
        place = ("federated", index, "issuer")
        if not context.is_intact(*application.path, *place):
            continue
        if problem := _address_problem(credential.issuer):
            hint = "write the claim `iss` of its tokens, such as https://token.actions.githubusercontent.com"
            yield context.error(f"the issuer {credential.issuer!r} {problem}", *place, hint=hint)
        elif len(credential.issuer) > most:
            yield context.error(f"the issuer has {len(credential.issuer)} characters; {most} are the most", *place)


def _address_problem(issuer: str) -> str | None:
    """Why a text is the issuer of no token; None where it may be one."""
    try:
        parts = urlsplit(issuer)
        host = parts.hostname
    except ValueError:
        return "is no address"
    if issuer != issuer.strip() or " " in issuer:
        return "has blanks in it"
    if parts.scheme != "https":
        return "is no https address"
    if not host or "@" in parts.netloc:
        return "names no host" if not host else "names a user"
    return "has a query or a fragment" if parts.query or parts.fragment else None
