"""A transform writes parse_json('…') for a constant dynamic, not dynamic(…).

Why: the page of the transform language asks for parse_json. Whether Azure refuses the literal is on no page, and no
published rule that we know uses it, so this is a warning. `dynamic(null)` was seen refused: that is KQL208.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime, Tags: dynamic}}}
    streams:
      Custom-Orders:
        columns: {time: datetime}
        table: Orders_CL
        transform: source | project TimeGenerated = time, Tags = dynamic(["shop"])
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime, Tags: dynamic}}}
    streams:
      Custom-Orders:
        columns: {time: datetime}
        table: Orders_CL
        transform: source | project TimeGenerated = time, Tags = parse_json('["shop"]')
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-transformations-kql
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic, Span
from provisioner.model import Flow
from provisioner.validate.context import Context
from provisioner.validate.name_matching import compiled_pattern
from provisioner.validate.rule import rule

_LITERAL = r"""//[^\n]*|@?"(?:\\.|[^"\\])*"|@?'(?:\\.|[^'\\])*'|\b(?P<literal>dynamic\s*\()(?!\s*null\s*\))"""
"""A comment, a string, or what is looked for; `dynamic(null)` has no other spelling."""


@rule("TRN003", on=Flow, severity="warning")
def dynamic_literal(flow: Flow, context: Context) -> Iterator[Diagnostic]:
    # Most transforms have no literal; looking for the word is cheaper than the pattern.
    if not flow.written or "dynamic" not in flow.transform:
        return
    from provisioner.kql.vocabulary.dialects import literal_permission  # the language is loaded with the first literal

    for match in compiled_pattern(_LITERAL).finditer(flow.transform):
        if match["literal"]:
            message = "Azure's page asks for parse_json('…') in the place of a dynamic(…) literal"
            span = Span(*match.span("literal"))
            hint = "whether Azure refuses the literal is on no page"
            severity = literal_permission("dynamic(…)", "transform", context.policy).judgement.severity
            if severity is not None:
                yield context.finding(severity, message, "transform", span=span, hint=hint)
