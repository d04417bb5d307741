"""A data collection rule shares an endpoint only where the manifest has one.

Why: `endpoint: shared` means the manifest's endpoint, `endpoint: both` that one beside the rule's own.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    dcrs: {dcr-shop: {streams: [Custom-Orders], endpoint: shared}}
Right:
    endpoint: {name: dce-shop}
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    dcrs: {dcr-shop: {streams: [Custom-Orders], endpoint: shared}}
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Dcr
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("RES007", on=Dcr)
def dcr_endpoint(dcr: Dcr, context: Context) -> Iterator[Diagnostic]:
    # Where loading rejected the endpoint, there is one, though it could not be read.
    if dcr.endpoint != "direct" and context.manifest.endpoint is None and not context.is_broken("endpoint"):
        hint = "declare an `endpoint`, or write `endpoint: direct`"
        message = f"the DCR {dcr.name!r} shares an endpoint, and the manifest has none"
        yield context.error(message, "endpoint", hint=hint)
