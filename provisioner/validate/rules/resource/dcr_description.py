"""A data collection rule's description has 256 characters at most.

Why: the service refuses longer ones (seen; on no page).
Source: InvalidProperty: "'Description' length should be 256 characters or less"
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Dcr
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("RES006", on=Dcr)
def dcr_description(dcr: Dcr, context: Context) -> Iterator[Diagnostic]:
    most = load_facts("limits.yaml")["dcr"]["description"]["most"]
    if dcr.description and len(dcr.description) > most:
        message = f"the description has {len(dcr.description)} characters; {most} are the most"
        yield context.error(message, "description")
