"""The plan auxiliary is chosen only where it is offered.

Why: Azure has it in no cloud but the public one. A page of 2024 leaves Qatar Central out, newer ones name no region: there
this is a warning.
Wrong:
    target: {cloud: china, subscription: 6f9619ff-8b86-d011-b42d-00c04fc964ff, resource_group: rg, location: chinaeast2}
    endpoint: {name: dce-webshop}
    tables: {Orders_CL: {plan: auxiliary, columns: {TimeGenerated: datetime}}}
Right:
    tables: {Orders_CL: {plan: auxiliary, columns: {TimeGenerated: datetime}}}
Source: https://learn.microsoft.com/azure/azure-monitor/logs/create-custom-table-auxiliary
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.fact_evidence import describe_evidence, judge
from provisioner.model import Table
from provisioner.validate.azure_regions import offer_evidence
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("REG005", on=Table)
def plan_offered(table: Table, context: Context) -> Iterator[Diagnostic]:
    # An existing table has its plan already.
    if table.plan != "auxiliary" or table.existing:
        return
    cloud, region = context.manifest.target.cloud, context.manifest.workspace.location
    evidence = offer_evidence("auxiliary", cloud, region)
    severity = judge(evidence, context.policy).severity if evidence is not None else None
    if evidence is not None and severity is not None:
        described = "; ".join(describe_evidence(entry) for entry in evidence)
        yield context.finding(severity, f"plan auxiliary in {region} ({cloud}): {described}", "plan")
