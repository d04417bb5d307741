"""The fix for a DCR with too many flows: its streams are spread over as many DCRs as the limit needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from provisioner.diagnostics import Edit, Fix
from provisioner.load.builders.endpoint_mode import default_endpoint_mode
from provisioner.model import Dcr, Stream
from provisioner.suggest import free_names, numbered_names
from provisioner.validate.context import make_fix

if TYPE_CHECKING:
    from provisioner.load import Document
    from provisioner.load.yaml.nodes import Node
    from provisioner.validate.context import Context


def spread_streams_fix(context: Context, dcr: Dcr, most: int) -> Fix | None:
    """A fix that writes a `dcrs` block in which no DCR has more than `most` flows.

    None where one stream alone has too many flows, where grants list DCRs by name, or where the source cannot be
    edited.
    """
    manifest, document = context.manifest, context.document
    streams = [manifest.streams[key] for key in dcr.streams if key in manifest.streams]
    groups = group_streams(streams, most)
    if groups is None or not _no_grant_lists_dcrs(context):
        return None
    # The first DCR keeps its name and the first streams: each stream that moves gets a new URL for its senders.
    names = [dcr.name, *islice(free_names(numbered_names(f"{dcr.name}-", start=2), manifest.dcrs), len(groups) - 1)]
    description = f"spread the streams of {dcr.name} over {len(groups)} DCRs"
    if not document.explicit(("dcrs", dcr.name)):
        text = "".join(f"{name}:\n  streams: {_yaml_list(group)}\n" for name, group in zip(names, groups, strict=True))
        return make_fix(description, [document.insert((), "dcrs", text)])
    default_mode = default_endpoint_mode(manifest.endpoint, manifest.target.cloud)
    more = "" if dcr.endpoint == default_mode else f", endpoint: {dcr.endpoint}"
    added = [
        document.insert(("dcrs",), name, f"{{streams: {_yaml_list(group)}{more}}}")
        for name, group in zip(names[1:], groups[1:], strict=True)
    ]
    return make_fix(description, [_shorten_written_list(document, dcr, len(groups[0])), _join_insertions(added)])


def _shorten_written_list(document: Document, dcr: Dcr, length: int) -> Edit | None:
    """The edit that removes the moving streams from the written list; None where it cannot be edited."""
    written = document.source_map.lookup(("dcrs", dcr.name, "streams")) if document.source_map else None
    items: list[Node] = getattr(written.node, "items", []) if written else []
    if not written or written.rest or written.shared or len(items) != len(dcr.streams):
        return None
    source = written.node.source
    start, end = items[length - 1].end, items[-1].end
    # A comment among the streams would be deleted with them: that is for the author to decide.
    if "#" in source.text[start : source.line_end(end)]:
        return None
    return Edit(source.span(start, end), "", source.name)


def _join_insertions(edits: Sequence[Edit | None]) -> Edit | None:
    """Insertions at one position joined into one, in order; None if one of them is None."""
    whole = [edit for edit in edits if edit is not None]
    if len(whole) != len(edits):
        return None
    return replace(whole[0], text="".join(edit.text for edit in whole))


def group_streams(streams: Sequence[Stream], most: int) -> list[list[str]] | None:
    """Stream keys in the author's order, in the fewest groups of at most `most` flows; None if that is impossible."""
    total = sum(len(stream.flows) for stream in streams)
    for number in range(-(-total // most), len(streams) + 1):
        groups = _split_into(streams, number)
        if all(sum(len(stream.flows) for stream in group) <= most for group in groups):
            return [[stream.key for stream in group] for group in groups]
    return None


def _split_into(streams: Sequence[Stream], count: int) -> list[list[Stream]]:
    """At most `count` groups of about equal size: each takes its share of the remaining flows."""
    groups: list[list[Stream]] = []
    remaining, position = sum(len(stream.flows) for stream in streams), 0
    for number in range(count, 0, -1):
        share = -(-remaining // number)
        group: list[Stream] = []
        while position < len(streams) and (not group or number == 1 or len(streams[position].flows) <= share):
            group.append(streams[position])
            share -= len(streams[position].flows)
            remaining -= len(streams[position].flows)
            position += 1
        groups.append(group)
    return [group for group in groups if group]


def _no_grant_lists_dcrs(context: Context) -> bool:
    # Such a grant would have to list the new DCRs too, and who may send to them is for the author to decide.
    return not any(
        isinstance(context.written_value(("grants", name, "dcrs")), list) for name in context.manifest.grants
    )


def _yaml_list(keys: Iterable[str]) -> str:
    return "[" + ", ".join(keys) + "]"
