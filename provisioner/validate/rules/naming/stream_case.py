"""Two streams of one data collection rule differ by more than case.

Why: senders write the name into a URL; whether Azure minds its case is on no page, so this is a warning.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL, Custom-orders: Orders_CL}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL, Custom-Returns: Orders_CL}
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-structure
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Dcr
from provisioner.validate.context import Context
from provisioner.validate.name_matching import case_duplicates
from provisioner.validate.rule import rule


@rule("NAM019", on=Dcr, severity="warning")
def stream_case(dcr: Dcr, context: Context) -> Iterator[Diagnostic]:
    # Senders see the stream's name and not its key in the manifest.
    keys = {context.manifest.streams[key].name: key for key in dcr.streams if key in context.manifest.streams}
    for first, second in case_duplicates(keys):
        message = f"the streams {first!r} and {second!r} of {dcr.name!r} differ only by case"
        yield context.at("streams", keys[second]).warning(message, key=True, hint="no page says whether Azure minds")
