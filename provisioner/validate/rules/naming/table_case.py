"""Two tables differ by more than case.

Why: Azure addresses tables by name without regard to case: the second definition would overwrite the first.
Wrong: `tables: {Orders_CL: {columns: {TimeGenerated: datetime}}, orders_CL: {columns: {TimeGenerated: datetime}}}`
Right: `tables: {Orders_CL: {columns: {TimeGenerated: datetime}}, Returns_CL: {columns: {TimeGenerated: datetime}}}`
Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.validate.context import Context
from provisioner.validate.name_matching import case_duplicates
from provisioner.validate.rule import rule


@rule("NAM015", on=Manifest)
def table_case(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    for first, second in case_duplicates(manifest.tables):
        message = f"the tables {first!r} and {second!r} differ only by case and are one to Azure"
        yield context.error(message, "tables", second, key=True)
