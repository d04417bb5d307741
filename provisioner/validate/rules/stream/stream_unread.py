"""Every column of a stream is read by some transform.

Why: what senders write into a column that no transform reads is paid for in transfer and lost without a word.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams:
      Custom-Orders:
        columns: {TimeGenerated: datetime, order: dynamic}
        table: Orders_CL
        transform: source | project TimeGenerated
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams:
      Custom-Orders:
        columns: {TimeGenerated: datetime}
        table: Orders_CL
        transform: source | project TimeGenerated
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-transformations-create
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Stream
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("STR006", on=Stream, severity="warning")
def stream_unread(stream: Stream, context: Context) -> Iterator[Diagnostic]:
    # A stream without flows is reported by loading.
    if not stream.declared or not stream.flows:
        return
    read: set[str] = set()
    for flow in stream.flows:
        facts = context.transforms.facts(stream, flow)
        # The errors in the transform are findings of their own; which columns it reads is not known.
        if not facts.bound:
            return
        read.update(facts.reads)
    for name in stream.columns:
        if name not in read:
            message, of_several = f"no transform reads the column {name!r}", "no transform reads the columns {names}"
            yield context.warning(message, "columns", name, key=True, subject=name, of_several=of_several)
