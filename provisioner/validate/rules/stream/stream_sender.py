"""A stream's sender can give what the stream asks for.

Why: some senders reach only some streams or clouds, write the time of an event into a column in a form of their own, or
make no nested values; the rows are then refused, or arrive with nulls.
Wrong:
    tables: {Lines_CL: {columns: {TimeGenerated: datetime, Message: string, Detail: dynamic}}}
    streams:
      Custom-Lines: {table: Lines_CL, sender: syslog-ng}
Right:
    tables: {Lines_CL: {columns: {TimeGenerated: datetime, Message: string}}}
    streams:
      Custom-Lines: {table: Lines_CL, sender: syslog-ng}
Source: schemas/senders.yaml, with a page for each sender
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.diagnostics import Diagnostic
from provisioner.model import PASSTHROUGH, Stream
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("STR010", on=Stream, severity="warning")
def stream_sender(stream: Stream, context: Context) -> Iterator[Diagnostic]:
    if stream.sender is None:
        return
    facts: Mapping[str, Any] = load_facts("senders.yaml")["senders"][stream.sender]
    for message, hint in _mismatches(stream, context, facts):
        yield context.warning(f"{stream.sender} {message}", "sender", hint=hint)


def _mismatches(stream: Stream, context: Context, facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    prefix, clouds = facts.get("prefix", ""), facts.get("clouds")
    if not stream.name.startswith(prefix):
        yield f"reaches only streams whose names begin with {prefix}", f"send to a stream of your own, {prefix}…"
    cloud = context.manifest.target.cloud
    if clouds is not None and cloud not in clouds:
        yield f"cannot sign in to the cloud {cloud}", f"it can to: {', '.join(clouds)}"
    has_time = "datetime" in stream.columns.values()
    if facts.get("writes_time") and stream.columns and not has_time:
        yield "writes the time of an event, and the stream has no column for it", "declare a column of type datetime"
    if facts.get("decimals") is not None and has_time and (table := _table_of_exact_times(stream, context)):
        digits = load_facts("limits.yaml")["batch"]["time_format"]["decimals"]
        if facts["decimals"] != digits:
            yield (
                f"writes times with {facts['decimals']} decimals, and {table} reads those with {digits} only",
                "let a transform write TimeGenerated: `source | extend TimeGenerated = TimeGenerated`",
            )
    nested = [name for name, type_ in stream.columns.items() if type_ == "dynamic"]
    if nested and facts.get("records") is False:
        yield f"makes no nested values for {', '.join(nested)}", "declare text, and parse it in the transform"


def _table_of_exact_times(stream: Stream, context: Context) -> str | None:
    """A table behind the stream that reads times of one form only, with no transform in between."""
    plans = load_facts("limits.yaml")["batch"]["time_format"]["plans"]
    tables = context.manifest.tables
    plain = (flow.table for flow in stream.flows if flow.transform.strip() == PASSTHROUGH)
    return next((name for name in plain if name in tables and tables[name].plan in plans), None)
