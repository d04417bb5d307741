"""The fix that renames a column with all that fills or expects it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from provisioner.diagnostics import Edit, Fix
from provisioner.model import Flow, Stream
from provisioner.validate.context import Context, Path, fix


def rename_column(context: Context, table: str, old: str, new: str) -> Fix | None:
    """A table's column, the transforms that make it and the tests that expect it.

    None where one cannot be edited, where senders would have to follow, or where an environment has its own say.
    """
    document = context.document
    if document.declared and _laid_over(context):
        return None
    edits: list[Edit | None] = [document.edit(("tables", table, "columns", old), new, at="key")]
    for stream in context.manifest.streams.values():
        for index, flow in enumerate(stream.flows):
            if flow.table == table:
                edits += _made(context, stream, flow, index, old, new)
        edits += [document.edit(path, new, at="key") for path in _expected(stream, table, old)]
    return fix(f"rename {old} to {new}", dict.fromkeys(edits))


def _laid_over(context: Context) -> bool:
    """Whether some environment changes tables or streams: the fix sees one environment only."""
    written = context.written(("environments",)) or {}
    return any(isinstance(layer, dict) and {"tables", "streams"} & set(layer) for layer in written.values())


def _made(context: Context, stream: Stream, flow: Flow, index: int, old: str, new: str) -> list[Edit | None]:
    """The edits of one flow: none where it does not write the column."""
    facts = context.proof.facts(stream, flow)
    if not facts.bound or (not flow.written and stream.declared and old in stream.columns):
        return [None]
    span = facts.spans.get(old)
    if span is None or not flow.written:
        return []
    if flow.transform[span.start : span.end] != old:
        return [None]
    assigned = re.match(r"\s*=(?!=)", flow.transform[span.end :])
    text = new if assigned else f"{new} = {old}"
    return [context.document.edit(("streams", stream.key, "flows", index, "transform"), text, span=span)]


def _expected(stream: Stream, table: str, column: str) -> Iterator[Path]:
    for number, test in enumerate(stream.tests):
        for at, row in enumerate(test.expect.get(table, ())):
            if column in row:
                yield ("streams", stream.key, "tests", number, "expect", table, at, column)
