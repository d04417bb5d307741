"""A stream's name begins with `Custom-`.

Why: Azure takes only such names for streams whose columns a rule declares. Azure's own streams (`Microsoft-…`) are
written by naming the table.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Orders: Orders_CL}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-structure
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Stream
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rename_fix import rename_stream
from provisioner.validate.rule import rule

_BARE = "a stream has a name of its own behind 'Custom-'"


@rule("NAM009", on=Stream)
def stream_prefix(stream: Stream, context: Context) -> Iterator[Diagnostic]:
    prefix = load_facts("names.yaml")["stream"]["prefix"]
    if stream.name.startswith(prefix) and stream.name != prefix:
        return
    bare = stream.name
    for wrong in (prefix, "Microsoft-", "Custom_", "Custom"):
        if bare.lower().startswith(wrong.lower()):
            bare = bare[len(wrong) :]
            break
    own_key = stream.key == stream.name
    right = prefix + bare
    fix = None
    if bare:
        fix = (
            rename_stream(context, stream.key, right)
            if own_key
            else context.change(f"call the stream {right!r}", right, "stream")
        )
    yield context.error(
        f"the stream {stream.name!r} does not begin with {prefix!r}" if stream.name != prefix else _BARE,
        *(() if own_key else ("stream",)),
        key=own_key,
        hint=f"call it {right!r}" if bare else None,
        fix=fix,
    )
