"""A stream's name holds letters, digits, `-` and `_`, 52 at most.

Why: senders write the name into a URL. Which characters and which length Azure takes is on no page; one tool cuts
names at 52, so this is a warning.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Web Orders: Orders_CL}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-WebOrders: Orders_CL}
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-structure
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Stream
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.name_matching import matches_pattern
from provisioner.validate.rule import rule


@rule("NAM010", on=Stream, severity="warning")
def stream_name(stream: Stream, context: Context) -> Iterator[Diagnostic]:
    facts = load_facts("names.yaml")["stream"]
    # A missing prefix is NAM009.
    if not stream.name.startswith(facts["prefix"]):
        return
    own_key = stream.key == stream.name
    path = () if own_key else ("stream",)
    if not matches_pattern(stream.name[len(facts["prefix"]) :], facts["usual"]):
        message = f"no page says that a stream's name may be {stream.name!r}, and senders write it into a URL"
        yield context.warning(message, *path, key=own_key, hint="letters, digits, '-' and '_' are safe")
    elif len(stream.name) > facts["usual_length"]:
        message = f"the stream's name has {len(stream.name)} characters; no page says that more than 52 are taken"
        yield context.warning(message, *path, key=own_key)
