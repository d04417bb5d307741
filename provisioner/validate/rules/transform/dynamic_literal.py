"""A transform writes parse_json('…') for a constant dynamic, not dynamic(…).

Why: the page of the transform language asks for parse_json. Whether Azure refuses the literal is on no page, and no
published rule that we know uses it, so this is a warning.
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
from provisioner.validate.name_matching import pattern
from provisioner.validate.rule import rule

_LITERAL = r"""//[^\n]*|@?"(?:\\.|[^"\\])*"|@?'(?:\\.|[^'\\])*'|\b(?P<literal>dynamic\s*\()(?!\s*null\s*\))"""
"""A comment, a string, or what is looked for; `dynamic(null)` has no other spelling."""


@rule("TRN003", on=Flow, severity="warning")
def dynamic_literal(flow: Flow, context: Context) -> Iterator[Diagnostic]:
    if not flow.written or "dynamic" not in flow.transform:
        return
    for found in pattern(_LITERAL).finditer(flow.transform):
        if found["literal"]:
            message = "Azure's page asks for parse_json('…') in the place of a dynamic(…) literal"
            span = Span(*found.span("literal"))
            hint = "whether Azure refuses the literal is on no page"
            yield context.warning(message, "transform", span=span, hint=hint)
