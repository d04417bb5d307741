"""The plan auxiliary is chosen only where it is offered.

Why: Azure has it in all public regions but Qatar Central, and in no other cloud.
Wrong:
    workspace: {name: law-webshop, location: qatarcentral}
    tables: {Orders_CL: {plan: auxiliary, columns: {TimeGenerated: datetime}}}
Right:
    workspace: {name: law-webshop, location: westeurope}
    tables: {Orders_CL: {plan: auxiliary, columns: {TimeGenerated: datetime}}}
Source: https://learn.microsoft.com/azure/azure-monitor/logs/create-custom-table-auxiliary
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.validate.azure_regions import offered
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("REG005", on=Table)
def plan_offered(table: Table, context: Context) -> Iterator[Diagnostic]:
    manifest = context.manifest
    cloud, region = manifest.target.cloud, manifest.workspace.location
    against = offered("auxiliary", cloud, region) if table.plan == "auxiliary" and not table.existing else None
    if against:
        yield context.error(f"plan auxiliary is not to be had in {region} ({cloud}): {against}", "plan")
