"""Two data collection rules differ by more than case.

Why: Azure compares their names without regard to case: the second definition would overwrite the first.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL, Custom-Returns: Orders_CL}
    dcrs: {dcr-shop: {streams: [Custom-Orders]}, DCR-shop: {streams: [Custom-Returns]}}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL, Custom-Returns: Orders_CL}
    dcrs: {dcr-orders: {streams: [Custom-Orders]}, dcr-returns: {streams: [Custom-Returns]}}
Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.validate.context import Context
from provisioner.validate.name_matching import case_duplicates
from provisioner.validate.rule import rule


@rule("NAM016", on=Manifest)
def dcr_case(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    for first, second in case_duplicates(manifest.dcrs):
        message = f"the DCRs {first!r} and {second!r} differ only by case and are one to Azure"
        yield context.error(message, "dcrs", second, key=True)
