"""A data collection rule holds at least one stream.

Why: Azure refuses a rule without flows.
Wrong: `dcrs: {dcr-shop: {streams: []}}`
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    dcrs: {dcr-shop: {streams: [Custom-Orders]}}
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-structure
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Dcr
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("RES005", on=Dcr)
def dcr_empty(dcr: Dcr, context: Context) -> Iterator[Diagnostic]:
    # Where loading rejected the streams, the list may be empty for that reason.
    if not dcr.streams and not context.is_broken("streams"):
        yield context.error(f"the DCR {dcr.name!r} holds no stream", key=True, hint="name its `streams`, or remove it")
