"""Every part of a manifest with the path that leads to it, by kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from provisioner.model import Dcr, Endpoint, Flow, Grant, Manifest, Stream, Table, Workspace

if TYPE_CHECKING:
    from provisioner.load import Document

Part = tuple[Any, tuple[str | int, ...], Any]
"""The part itself, its path, and its owner (the stream of a flow)."""


def parts(document: Document, manifest: Manifest, kind: type) -> Iterator[Part]:
    """All parts of one kind, in the author's order. A kind that is no part of a manifest is a KeyError."""
    return _WALKS[kind](document, manifest)


def _flows(document: Document, manifest: Manifest) -> Iterator[Part]:
    for stream in manifest.streams.values():
        listed = document.explicit(("streams", stream.key, "flows"))
        for index, flow in enumerate(stream.flows):
            # A stream with one flow may write its table and transform without `flows`.
            yield flow, ("streams", stream.key, *(("flows", index) if listed else ())), stream


def _named(collection: str) -> Callable[[Document, Manifest], Iterator[Part]]:
    def walk(_: Document, manifest: Manifest) -> Iterator[Part]:
        for name, each in getattr(manifest, collection).items():
            yield each, (collection, name), None

    return walk


def _single(name: str) -> Callable[[Document, Manifest], Iterator[Part]]:
    def walk(_: Document, manifest: Manifest) -> Iterator[Part]:
        part = getattr(manifest, name)
        if part is not None:
            yield part, (name,), None

    return walk


_WALKS: dict[type, Callable[[Document, Manifest], Iterator[Part]]] = {
    Manifest: lambda _, manifest: iter([(manifest, (), None)]),
    Workspace: _single("workspace"),
    Endpoint: _single("endpoint"),
    Table: _named("tables"),
    Stream: _named("streams"),
    Flow: _flows,
    Dcr: _named("dcrs"),
    Grant: _named("grants"),
}
KINDS = tuple(_WALKS)
"""What a rule can be `on`."""
