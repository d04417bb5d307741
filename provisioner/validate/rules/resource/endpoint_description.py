"""A data collection endpoint's description has 256 characters at most.

Why: the service refuses longer ones (seen for rules; on no page).
Source: InvalidProperty: "'Description' length should be 256 characters or less"
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Endpoint
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("RES011", on=Endpoint)
def endpoint_description(endpoint: Endpoint, context: Context) -> Iterator[Diagnostic]:
    most = load_facts("limits.yaml")["endpoint"]["description"]["most"]
    if endpoint.description and len(endpoint.description) > most:
        message = f"the description has {len(endpoint.description)} characters; {most} are the most"
        yield context.error(message, "description")
