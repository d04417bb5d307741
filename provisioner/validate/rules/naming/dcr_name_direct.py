"""A rule with an endpoint of its own has a name of at most 30 characters.

Why: one vendor's guide gives 30 for rules of kind Direct and 64 for others; Azure's own pages give neither, so this
is a warning.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    dcrs: {dcr-orders-of-the-webshop-in-west-europe: {streams: [Custom-Orders], endpoint: direct}}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    dcrs: {dcr-orders: {streams: [Custom-Orders], endpoint: direct}}
Source: Cribl, guide to Azure DCR automation; no page of Azure
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Dcr
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("NAM008", on=Dcr, severity="warning")
def dcr_name_direct(dcr: Dcr, context: Context) -> Iterator[Diagnostic]:
    facts = load_facts("names.yaml")["dcr"]
    # A name that is too long for any rule is NAM007.
    if dcr.endpoint != "shared" and facts["direct_length"] < len(dcr.name) <= facts["length"][1]:
        message = (
            f"the DCR's name {dcr.name!r} has {len(dcr.name)} characters; "
            f"{facts['direct_length']} are said to be the most for a rule with its own endpoint"
        )
        other = "give the manifest an `endpoint`" if dcr.endpoint == "direct" else "write `endpoint: shared`"
        yield context.warning(message, key=True, hint=f"shorten it, or {other}")
