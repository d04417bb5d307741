"""A stream's name begins with `Custom-`, or is `Microsoft-` and the name of a table of Azure's that takes rows.

Why: Azure takes only names with `Custom-` for streams whose columns a rule declares. Its own streams need no
declaration, have the columns of their table and can be given no others.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Orders: Orders_CL}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL, Microsoft-ABAPAuditLog: ABAPAuditLog}
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-structure
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Stream, builtin_stream_table
from provisioner.package_data import load_facts
from provisioner.transforms.builtin_tables import builtin_table
from provisioner.validate.context import Context
from provisioner.validate.rename_fix import rename_stream_fix
from provisioner.validate.rule import rule

_BARE = "a stream has a name of its own behind 'Custom-'"


@rule("NAM009", on=Stream)
def stream_prefix(stream: Stream, context: Context) -> Iterator[Diagnostic]:
    prefix = load_facts("names.yaml")["stream"]["prefix"]
    if stream.name.startswith(prefix) and stream.name != prefix:
        return
    if builtin_table(builtin_stream_table(stream.name) or ""):
        yield from _columns_of_its_own(stream, context)
        return
    bare = stream.name
    # Other spellings of the prefix are replaced; `Microsoft-` is for the streams of Azure's own tables.
    for wrong in (prefix, "Microsoft-", "Custom_", "Custom"):
        if bare.lower().startswith(wrong.lower()):
            bare = bare[len(wrong) :]
            break
    # Where `stream` names the stream, its key in the manifest is free.
    own_key = stream.key == stream.name
    right = prefix + bare
    fix = None
    if bare:
        fix = (
            rename_stream_fix(context, stream.key, right)
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


def _columns_of_its_own(stream: Stream, context: Context) -> Iterator[Diagnostic]:
    """One of Azure's own streams with `columns`: a rule has no place to declare them."""
    if stream.declared and context.is_intact("streams", stream.key, "columns"):
        table = builtin_stream_table(stream.name)
        yield context.error(
            f"the stream {stream.name!r} is Azure's own: its columns are those of {table!r}",
            "columns",
            key=True,
            hint=f"leave `columns` out, or call the stream 'Custom-{table}'",
        )
