"""The parts of a manifest that rules are about, each with the path that leads to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from provisioner.model import Application, Dcr, Endpoint, Flow, Grant, Manifest, Record, Stream, Table, Workspace

if TYPE_CHECKING:
    from provisioner.load import Document

Path = tuple[str | int, ...]
Part = tuple[Any, Path, Any]
"""The part itself, its path from the manifest's root, and its owner (the stream of a flow, else None)."""


def iterate_parts(document: Document, manifest: Manifest, part_type: type) -> Iterator[Part]:
    """All parts of one type, in the author's order. Raises KeyError for a type that is not in `PART_TYPES`."""
    return _WALKERS[part_type](document, manifest)


def stream_records(stream: Stream) -> Iterator[tuple[Path, Record]]:
    """The records that the author wrote for a stream, in samples and tests, each with its path below the stream."""
    for index, record in enumerate(stream.samples):
        yield ("samples", index), record
    for number, test in enumerate(stream.tests):
        for index, record in enumerate(test.given):
            yield ("tests", number, "given", index), record


def tag_sections(manifest: Manifest) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Each place where tags are written, by its path: those of all resources, of the workspace, of single rules."""
    yield ("tags",), manifest.tags
    yield ("workspace", "tags"), manifest.workspace.tags
    for dcr in manifest.dcrs.values():
        if dcr.tags:
            yield (*dcr.path, "tags"), dcr.tags


def _walk_flows(_: Document, manifest: Manifest) -> Iterator[Part]:
    for stream in (*manifest.streams.values(), *manifest.workspace_transforms.values()):
        for flow in stream.flows:
            yield flow, flow.path, stream


def _walk_streams(_: Document, manifest: Manifest) -> Iterator[Part]:
    for stream in (*manifest.streams.values(), *manifest.workspace_transforms.values()):
        yield stream, stream.path, None


def _walk_mapping(collection: str) -> Callable[[Document, Manifest], Iterator[Part]]:
    def walk(_: Document, manifest: Manifest) -> Iterator[Part]:
        for part in getattr(manifest, collection).values():
            yield part, part.path, None

    return walk


def _walk_single(name: str) -> Callable[[Document, Manifest], Iterator[Part]]:
    def walk(_: Document, manifest: Manifest) -> Iterator[Part]:
        part = getattr(manifest, name)
        if part is not None:
            yield part, part.path, None

    return walk


_WALKERS: dict[type, Callable[[Document, Manifest], Iterator[Part]]] = {
    Manifest: lambda _, manifest: iter([(manifest, (), None)]),
    Workspace: _walk_single("workspace"),
    Endpoint: _walk_single("endpoint"),
    Table: _walk_mapping("tables"),
    Stream: _walk_streams,
    Flow: _walk_flows,
    Dcr: _walk_mapping("dcrs"),
    Application: _walk_mapping("applications"),
    Grant: _walk_mapping("grants"),
}
PART_TYPES = tuple(_WALKERS)
"""The types that a rule can be `on`."""
