"""A transform does not cast a column onto itself.

Why: `extend X = todatetime(X)` has been reported to leave the column null in Azure; Kusto itself casts it. Sources
disagree, so this is a warning.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams:
      Custom-Orders:
        columns: {TimeGenerated: string}
        table: Orders_CL
        transform: source | extend TimeGenerated = todatetime(TimeGenerated)
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams:
      Custom-Orders:
        columns: {time: string}
        table: Orders_CL
        transform: source | project TimeGenerated = todatetime(time)
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-transformations-samples
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic, Span
from provisioner.model import Flow
from provisioner.validate.context import Context
from provisioner.validate.name_matching import compiled_pattern
from provisioner.validate.rule import rule

_CAST = (
    r"\bextend\b(?:[^|\"'()]|\([^()]*\)|\"[^\"]*\"|'[^']*')*?"
    r"(?P<whole>\b(?P<name>[A-Za-z_]\w*)\s*=\s*(?:to\w+|parse_json)\(\s*(?P=name)\s*\))"
)


@rule("TRN002", on=Flow, severity="warning")
def self_assignment(flow: Flow, context: Context) -> Iterator[Diagnostic]:
    if not flow.written or not context.transforms.facts(context.owner, flow).bound:
        return
    # Most transforms have no such cast; looking for the word is cheaper than the pattern.
    if "extend" not in flow.transform:
        return
    for match in compiled_pattern(_CAST).finditer(flow.transform):
        name = match["name"]
        if name in context.owner.columns:
            message = f"{name!r} is cast onto itself; Azure has been seen to leave such a column null"
            hint = "give the stream's column another name, and cast that one"
            yield context.warning(message, "transform", span=Span(*match.span("whole")), hint=hint)
