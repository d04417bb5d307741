"""A data collection rule holds a stream of one name once.

Why: a sender writes to a rule and a stream's name; two of that name cannot be told apart.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL, second: {stream: Custom-Orders, table: Orders_CL}}
    dcrs: {dcr-shop: {streams: [Custom-Orders, second]}}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL, second: {stream: Custom-Orders, table: Orders_CL}}
    dcrs: {dcr-shop: {streams: [Custom-Orders]}, dcr-more: {streams: [second]}}
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-structure
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Dcr
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("RES004", on=Dcr)
def dcr_stream_twice(dcr: Dcr, context: Context) -> Iterator[Diagnostic]:
    seen: dict[str, str] = {}
    for index, key in enumerate(dcr.streams):
        stream = context.manifest.streams.get(key)
        # A stream that is not declared is RES003.
        if stream is None:
            continue
        if stream.name in seen:
            other = f", as {seen[stream.name]!r} is" if seen[stream.name] != key else " already"
            message = f"the DCR {dcr.name!r} holds the stream {stream.name!r}{other}"
            yield context.error(message, "streams", index, hint="put one of them into another DCR")
        seen.setdefault(stream.name, key)
