"""The name of an application has 2 to 40 characters: a letter, then letters, digits or `-`.

Why: it becomes part of the unique name by which the app registration is found again, and of its credentials' names.
Wrong: `applications: {"shop sender": {federated: [{issuer: https://ci.contoso.com, subject: webshop}]}}`
Right: `applications: {shop-sender: {federated: [{issuer: https://ci.contoso.com, subject: webshop}]}}`
Source: https://learn.microsoft.com/graph/api/application-upsert
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Application
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.name_matching import matches_pattern
from provisioner.validate.rule import rule


@rule("APP007", on=Application)
def application_name(application: Application, context: Context) -> Iterator[Diagnostic]:
    facts = load_facts("directory.yaml")["application"]["name"]
    if not matches_pattern(application.name, facts["pattern"]):
        yield context.error(f"{application.name!r} is no name of an application", key=True, hint=facts["words"])
