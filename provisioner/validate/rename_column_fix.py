"""The fix that renames a column together with the transforms that fill it and the tests that expect it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from provisioner.diagnostics import Edit, Fix
from provisioner.model import Flow, Stream
from provisioner.validate.context import Context, Path, make_fix


def rename_column_fix(context: Context, table: str, old: str, new: str) -> Fix | None:
    """A fix of the table's column, of the transforms that write it and of the tests that expect it.

    None where one cannot be edited, where senders would have to change too, or where an environment overlays tables or
    streams.
    """
    document = context.document
    if document.declared_environments and _has_overlay(context):
        return None
    edits: list[Edit | None] = [document.edit(("tables", table, "columns", old), new, at="key")]
    for stream in context.manifest.streams.values():
        for flow in stream.flows:
            if flow.table == table:
                edits += _transform_edits(context, stream, flow, old, new)
        edits += [document.edit(path, new, at="key") for path in _expectation_paths(stream, table, old)]
    return make_fix(f"rename {old} to {new}", dict.fromkeys(edits))


def _has_overlay(context: Context) -> bool:
    """Whether some environment overlays tables or streams."""
    # Transforms are bound for one environment; an overlay may write the column elsewhere.
    written = context.written_value(("environments",)) or {}
    return any(isinstance(layer, dict) and {"tables", "streams"} & set(layer) for layer in written.values())


def _transform_edits(context: Context, stream: Stream, flow: Flow, old: str, new: str) -> list[Edit | None]:
    """The edits of one flow; empty where it does not write the column, [None] where it cannot be edited."""
    facts = context.transforms.facts(stream, flow)
    if not facts.bound or (not flow.written and stream.declared and old in stream.columns):
        return [None]  # without a transform the stream's column, which senders write, would have to be renamed
    span = facts.spans.get(old)
    if span is None or not flow.written:
        return []
    if flow.transform[span.start : span.end] != old:
        return [None]
    # `project Name = …` is renamed in place; a bare `project Name` still reads the old column.
    assigned = re.match(r"\s*=(?!=)", flow.transform[span.end :])
    text = new if assigned else f"{new} = {old}"
    return [context.document.edit((*flow.path, "transform"), text, span=span)]


def _expectation_paths(stream: Stream, table: str, column: str) -> Iterator[Path]:
    for test_index, test in enumerate(stream.tests):
        for row_index, row in enumerate(test.expect.get(table, ())):
            if column in row:
                yield ("streams", stream.key, "tests", test_index, "expect", table, row_index, column)
