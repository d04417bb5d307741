"""The endpoint is used by some data collection rule.

Why: rules with an endpoint of their own leave it without work.
Wrong:
    endpoint: {name: dce-shop}
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    dcrs: {dcr-shop: {streams: [Custom-Orders], endpoint: direct}}
Right:
    endpoint: {name: dce-shop}
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    dcrs: {dcr-shop: {streams: [Custom-Orders], endpoint: shared}}
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Endpoint
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("RES008", on=Endpoint, severity="warning")
def endpoint_unused(endpoint: Endpoint, context: Context) -> Iterator[Diagnostic]:
    dcrs = context.manifest.dcrs.values()
    # An existing endpoint may serve other manifests.
    if dcrs and all(dcr.endpoint == "direct" for dcr in dcrs) and not endpoint.existing:
        yield context.warning(f"no DCR uses the endpoint {endpoint.name!r}", key=True)
