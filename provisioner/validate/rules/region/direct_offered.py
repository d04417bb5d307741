"""Outside the public cloud, rules use an endpoint of the manifest.

Why: no page says which endpoint a rule of kind Direct gets in the US government's or China's cloud, or whether it gets
one, so this is a warning.
Wrong:
    target: {cloud: usgovernment, subscription: 00000000-0000-0000-0000-000000000000, resource_group: rg, location: usgovvirginia}
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
Right:
    target: {cloud: usgovernment, subscription: 00000000-0000-0000-0000-000000000000, resource_group: rg, location: usgovvirginia}
    endpoint: {name: dce-webshop}
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-overview
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic, Severity
from provisioner.fact_evidence import describe_evidence, judge
from provisioner.model import Dcr
from provisioner.validate.azure_regions import offer_evidence, silence_note
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("REG006", on=Dcr, severity="warning")
def direct_offered(dcr: Dcr, context: Context) -> Iterator[Diagnostic]:
    manifest = context.manifest
    cloud = manifest.target.cloud
    if dcr.endpoint == "shared" or (evidence := offer_evidence("direct", cloud, manifest.workspace.location)) is None:
        return
    judgement = judge(evidence, context.policy)
    if judgement.severity is None:
        return
    # Silence is no refusal, unless documents alone are believed.
    severity: Severity = "error" if judgement.verdict == "refused" or context.policy == "documented" else "warning"
    hint = "declare an `endpoint`" if dcr.endpoint == "direct" else "write `endpoint: shared`"
    against = "; ".join(describe_evidence(entry) for entry in evidence) or silence_note("direct")
    message = f"the DCR {dcr.name!r} has an endpoint of its own, and {against}"
    yield context.finding(severity, message, key=True, hint=hint)
