"""A manifest with its environment laid over it: values, the place of each word, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from provisioner.diagnostics import Diagnostic, Edit, Place, Span
from provisioner.load.schema.as_written import spelled
from provisioner.load.schema.manifest_language import MANIFEST
from provisioner.load.schema.source_map import SourceMap
from provisioner.load.variables import Variables
from provisioner.load.yaml import text_edits
from provisioner.load.yaml.nodes import Mapping, Node, Scalar
from provisioner.load.yaml.source_text import Source, shown
from provisioner.model import Manifest

LOCAL = "local"
_SHORT: dict[Any, str] = {("streams",): "table", ("columns",): "type"}
"""Sections whose entries may be bare words, and the key that such a word stands for."""


def with_local(names: tuple[str, ...]) -> tuple[str, ...]:
    """The declared environments, and the one that is built in."""
    return names if LOCAL in names else (*names, LOCAL)


@dataclass(frozen=True)
class Document:
    """What loading made of a manifest file.

    `manifest` is None where its YAML, its includes or its environment are at fault; with other errors it is there,
    and the paths in `broken` lead to values that are not the author's, so that nothing more needs to be said of them.
    """

    file: Path
    root: Path
    environment: str | None = None
    manifest: Manifest | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    declared: tuple[str, ...] = ()
    broken: frozenset[tuple[str | int, ...]] = frozenset()
    places: SourceMap | None = None
    sources: tuple[Source, ...] = ()
    variables: Variables = field(default_factory=Variables)

    @property
    def environments(self) -> tuple[str, ...]:
        """The environments that can be asked for: the declared ones, and `local`."""
        return with_local(self.declared)

    @cached_property
    def raw(self) -> dict[str, Any]:
        """The merged manifest as plain data, shorthands and variables written out, words as the author spells them."""
        return spelled(self.places.root, MANIFEST, self.variables) if self.places else {}

    def place(
        self, path: tuple[str | int, ...], at: Literal["value", "key"] = "value", span: Span | None = None
    ) -> Place:
        """Where the word stands; for a path that is not written, the key it should stand under."""
        if self.places is None:
            return Place(shown(self.file), 1, 1, 1, 1)
        return self.places.place(path, at, span)

    def edit(
        self, path: tuple[str | int, ...], text: str, at: Literal["value", "key"] = "value", span: Span | None = None
    ) -> Edit | None:
        """`text` instead of the word; None where it is not written, interpolated, repeated by an alias or in pieces."""
        if self.places is None:
            return None
        found = self.places.find(path)
        if found.rest or found.shared:
            return None
        node: Node | None = found.key if at == "key" else self.places.word(path, found.node)
        return text_edits.replace(node, text, span) if node is not None else None

    def insert(self, path: tuple[str | int, ...], key: str, text: str) -> Edit | None:
        """`key: text` as the last entry of a mapping, in the author's layout; None where that is not possible."""
        if self.places is None:
            return None
        found = self.places.find(path)
        if found.rest or found.shared:
            return None
        word = _bare(found.node)
        if word is not None and path[-2:-1] in _SHORT:
            return text_edits.widen(word, found.key, _SHORT[path[-2:-1]], key, text)
        return text_edits.insert(found.node, key, text)

    def explicit(self, path: tuple[str | int, ...]) -> bool:
        """Whether the author wrote the value."""
        return self.places is not None and not self.places.find(path).rest

    def is_broken(self, path: tuple[str | int, ...]) -> bool:
        """Whether the value, or one that it is part of, has been complained of already."""
        return any(path[:length] in self.broken for length in range(len(path) + 1))


def _bare(node: Node) -> Node | None:
    """The word that stands for a mapping, also where an overlay has made it one."""
    if isinstance(node, Scalar):
        return node
    first = next(iter(node.values.values()), None) if isinstance(node, Mapping) else None
    return first if first is not None and isinstance(node, Mapping) and first in node.keys.values() else None
