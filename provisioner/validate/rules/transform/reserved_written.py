"""A transform does not write a column that Azure fills itself.

Why: what it writes is refused or overwritten.
Wrong:
    streams:
      Custom-Messages:
        columns: {time: datetime, kind: string}
        table: Syslog
        transform: source | project TimeGenerated = time, Type = kind
Right:
    streams:
      Custom-Messages:
        columns: {time: datetime, kind: string}
        table: Syslog
        transform: source | project TimeGenerated = time, Facility = kind
Source: https://learn.microsoft.com/azure/azure-monitor/logs/log-standard-columns
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Flow
from provisioner.package_data import load_facts
from provisioner.transforms.bound_transforms import columns_of
from provisioner.transforms.builtin_tables import builtin
from provisioner.validate.context import Context
from provisioner.validate.rule import rule

_STANDARD = ("TenantId", "Type")


@rule("TRN001", on=Flow, severity="warning")
def reserved_written(flow: Flow, context: Context) -> Iterator[Diagnostic]:
    columns = columns_of(flow.table, context.manifest)
    if columns is None or not flow.written or not builtin(flow.table):  # a custom table may not have such a column
        return
    known = load_facts("names.yaml")["column"]
    for name, span in context.proof.facts(context.owner, flow).spans.items():
        ours = name in _STANDARD or (name.startswith("_") and name in (*known["reserved"], *known["standard"]))
        if ours and name in columns:  # one that the table lacks is told as such
            message = f"{name!r} is filled by Azure; what the transform writes there is refused or lost"
            yield context.warning(message, "transform", span=span, hint="take it out with `project-away`")
