"""An application has 20 federated credentials at most.

Why: Entra refuses the next one. A second application beside it has 20 of its own.
Source: https://learn.microsoft.com/graph/api/resources/federatedidentitycredential
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Application
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("APP001", on=Application)
def credential_count(application: Application, context: Context) -> Iterator[Diagnostic]:
    most = load_facts("directory.yaml")["federated_credential"]["most"]
    count = len(application.federated)
    if count > most:
        yield context.error(
            f"the application {application.name!r} has {count} federated credentials; {most} are the most",
            "federated",
            key=True,
            hint="declare a second application, and a grant for it",
        )
