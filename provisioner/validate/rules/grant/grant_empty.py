"""A grant is for at least one data collection rule.

Why: with an empty list nothing is granted, and the sender's first request is refused with 403.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    grants: {checkout: {principal: self, dcrs: []}}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    grants: {checkout: {principal: self, dcrs: all}}
Source: https://learn.microsoft.com/azure/azure-monitor/logs/tutorial-logs-ingestion-api
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Grant
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("GRA005", on=Grant, severity="warning")
def grant_empty(grant: Grant, context: Context) -> Iterator[Diagnostic]:
    path = ("grants", grant.name, "dcrs")
    # `dcrs: all`, or no `dcrs`, is empty in a manifest without DCRs: that is no mistake of the grant.
    if (
        not grant.dcrs
        and context.document.explicit(path)
        and context.written_value(path) != "all"
        and context.is_intact(*path)
    ):
        yield context.warning(f"the grant {grant.name!r} is for no DCR", "dcrs", hint="name one, or write `dcrs: all`")
