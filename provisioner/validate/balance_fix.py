"""The fix that spreads the streams of one rule over as many as Azure's limit asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from provisioner.diagnostics import Edit, Fix
from provisioner.model import Dcr, Manifest, Stream
from provisioner.validate.context import fix

if TYPE_CHECKING:
    from provisioner.load import Document
    from provisioner.load.yaml.nodes import Node
    from provisioner.validate.context import Context


def balanced(context: Context, dcr: Dcr, most: int) -> Fix | None:
    """An explicit `dcrs` block in which no rule has more than `most` flows.

    The first keeps its name and the first streams, so that as few senders as possible must follow. None where one
    stream alone has too many flows, or the author's text cannot be edited.
    """
    manifest, document = context.manifest, context.document
    streams = [manifest.streams[key] for key in dcr.streams if key in manifest.streams]
    groups = spread(streams, most)
    if groups is None or not _room(context):
        return None
    names = [dcr.name, *_free(dcr.name, manifest.dcrs, len(groups) - 1)]
    description = f"spread the streams of {dcr.name} over {len(groups)} DCRs"
    if not document.explicit(("dcrs", dcr.name)):
        text = "".join(f"{name}:\n  streams: {_flow(group)}\n" for name, group in zip(names, groups, strict=True))
        return fix(description, [document.insert((), "dcrs", text)])
    more = "" if dcr.endpoint == _default(manifest) else f", endpoint: {dcr.endpoint}"
    added = [
        document.insert(("dcrs",), name, f"{{streams: {_flow(group)}{more}}}")
        for name, group in zip(names[1:], groups[1:], strict=True)
    ]
    return fix(description, [_shortened(document, dcr, len(groups[0])), _joined(added)])


def _shortened(document: Document, dcr: Dcr, length: int) -> Edit | None:
    """The written list without the streams that move; None where a comment stands among them: it is the author's."""
    found = document.places.find(("dcrs", dcr.name, "streams")) if document.places else None
    items: list[Node] = getattr(found.node, "items", []) if found else []
    if not found or found.rest or found.shared or len(items) != len(dcr.streams):
        return None
    source = found.node.source
    start, end = items[length - 1].end, items[-1].end
    if "#" in source.text[start : source.line_end(end)]:
        return None
    return Edit(source.span(start, end), "", source.name)


def _joined(edits: Sequence[Edit | None]) -> Edit | None:
    """Insertions at one place as one, in their order."""
    whole = [edit for edit in edits if edit is not None]
    if len(whole) != len(edits):
        return None
    return replace(whole[0], text="".join(edit.text for edit in whole))


def spread(streams: Sequence[Stream], most: int) -> list[list[str]] | None:
    """Keys of streams in the author's order, in the fewest groups of about equal size; None if there is no way."""
    total = sum(len(stream.flows) for stream in streams)
    for number in range(-(-total // most), len(streams) + 1):
        groups = _split(streams, number)
        if all(sum(len(stream.flows) for stream in group) <= most for group in groups):
            return [[stream.key for stream in group] for group in groups]
    return None


def _split(streams: Sequence[Stream], count: int) -> list[list[Stream]]:
    """Exactly `count` groups: each takes its share of the flows that are left."""
    groups: list[list[Stream]] = []
    left, at = sum(len(stream.flows) for stream in streams), 0
    for number in range(count, 0, -1):
        share = -(-left // number)
        group: list[Stream] = []
        while at < len(streams) and (not group or number == 1 or len(streams[at].flows) <= share):
            group.append(streams[at])
            share -= len(streams[at].flows)
            left -= len(streams[at].flows)
            at += 1
        groups.append(group)
    return [group for group in groups if group]


def _free(name: str, taken: Mapping[str, Dcr], wanted: int) -> list[str]:
    names = (f"{name}-{number}" for number in count(2))
    found: list[str] = []
    while len(found) < wanted:
        candidate = next(names)
        if candidate not in taken:
            found.append(candidate)
    return found


def _room(context: Context) -> bool:
    """Grants that name rules one by one would have to name the new ones too; that is the author's to decide."""
    return not any(isinstance(context.written(("grants", name, "dcrs")), list) for name in context.manifest.grants)


def _default(manifest: Manifest) -> str:
    return "shared" if manifest.endpoint else "direct"


def _flow(keys: Iterable[str]) -> str:
    return "[" + ", ".join(keys) + "]"
