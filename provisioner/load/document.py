"""A loaded manifest: its values for one environment, the position of each in the author's text, and its errors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from provisioner.diagnostics import Diagnostic, Edit, Place, Span
from provisioner.load.schema.as_written import values_as_written
from provisioner.load.schema.interpolation import Variables
from provisioner.load.schema.manifest_language import MANIFEST
from provisioner.load.schema.source_map import SourceMap
from provisioner.load.yaml import text_edits
from provisioner.load.yaml.nodes import MappingNode, Node, ScalarNode
from provisioner.load.yaml.source_text import SourceText, display_path
from provisioner.model import Manifest
from provisioner.secret_mask import SecretMask
from provisioner.secret_patterns import is_secret_name

LOCAL_ENVIRONMENT = "local"
_SHORTHAND_KEYS: dict[Any, str] = {("streams",): "table", ("columns",): "type"}
"""Sections whose entries may be scalars, and the key whose value such a scalar is."""


def with_local_environment(names: tuple[str, ...]) -> tuple[str, ...]:
    """The declared environments, and `local`, which is built in."""
    return names if LOCAL_ENVIRONMENT in names else (*names, LOCAL_ENVIRONMENT)


def secret_mask(sources: Iterable[SourceText], variables: Variables | None) -> SecretMask:
    """A mask of the secrets in these files, and of the values of variables whose names are those of secrets."""
    values = variables.values if variables else {}
    named = [value.text for name, value in values.items() if is_secret_name(name)]
    return SecretMask.of((source.text for source in sources), named)


@dataclass(frozen=True)
class Document:
    """A manifest file, loaded for one environment.

    `manifest` is None where YAML, includes or the environment are wrong. With other errors it is there; the paths in
    `broken` then lead to values that replace wrong ones, so that rules report nothing about them.
    """

    file: Path
    root: Path
    environment: str | None = None
    manifest: Manifest | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    declared_environments: tuple[str, ...] = ()
    broken: frozenset[tuple[str | int, ...]] = frozenset()
    source_map: SourceMap | None = None
    sources: tuple[SourceText, ...] = ()
    main_tree: Node | None = field(default=None, repr=False, compare=False)
    """The main file as it is written: with its environments, and without what it includes."""
    variables: Variables = field(default_factory=Variables)

    @cached_property
    def secret_mask(self) -> SecretMask:
        """Masks the secrets that the files and variables hold in what is said of them."""
        return secret_mask(self.sources, self.variables)

    @property
    def environments(self) -> tuple[str, ...]:
        """The environments that can be asked for: the declared ones, and `local`."""
        return with_local_environment(self.declared_environments)

    @cached_property
    def _sections(self) -> dict[str, Any]:
        return {}

    def written_section(self, name: str) -> Any:
        """One key of the merged manifest as plain data, as in `raw`; None where it is not written."""
        # Kept by key: most rules read a small section, and walking through all tables for it takes longer than they do.
        root = self.source_map.root if self.source_map else None
        if name not in self._sections and isinstance(root, MappingNode) and name in root.values:
            section = MappingNode(root.source, root.start, root.end)
            section.set_entry(name, root.keys[name], root.values[name])
            self._sections[name] = values_as_written(section, MANIFEST, self.variables)[name]
        return self._sections.get(name)

    # Cached: it walks the whole tree, and more than one reader needs it.
    @cached_property
    def raw(self) -> dict[str, Any]:
        """The merged manifest as plain data: shorthands and variables expanded, values as the author spells them."""
        return values_as_written(self.source_map.root, MANIFEST, self.variables) if self.source_map else {}

    def place(
        self, path: tuple[str | int, ...], at: Literal["value", "key"] = "value", span: Span | None = None
    ) -> Place:
        """The position of a value or key; of a path that is not written, the key that it belongs under."""
        if self.source_map is None:
            return Place(display_path(self.file), 1, 1, 1, 1)
        return self.source_map.place(path, at, span)

    def extent(self, path: tuple[str | int, ...]) -> Place | None:
        """All that is written for a value: from its key, where it has one in the same file, to its end; else None."""
        if self.source_map is None:
            return None
        match = self.source_map.lookup(path)
        if match.rest:
            return None
        node, key = match.node, match.key
        start = key.start if key is not None and key.source is node.source and key.start < node.start else node.start
        return node.source.place(start, node.end)

    def edit(
        self, path: tuple[str | int, ...], text: str, at: Literal["value", "key"] = "value", span: Span | None = None
    ) -> Edit | None:
        """An edit that writes `text` instead of a value, of its characters `span`, or of its key.

        None where that is not written, or is interpolated, repeated by an alias or folded.
        """
        if self.source_map is None:
            return None
        match = self.source_map.lookup(path)
        if match.rest or match.shared:
            return None
        node: Node | None = match.key if at == "key" else self.source_map.value_node(path, match.node)
        return text_edits.replace_scalar(node, text, span) if node is not None else None

    def insert(self, path: tuple[str | int, ...], key: str, text: str) -> Edit | None:
        """An edit that adds `key: text` as the last entry of a mapping, in the author's layout.

        None where the mapping is not written, repeated by an alias or without an entry to follow.
        """
        if self.source_map is None:
            return None
        match = self.source_map.lookup(path)
        if match.rest or match.shared:
            return None
        scalar = _shorthand_node(match.node)
        # A column or stream that is just a type or table becomes a mapping to hold a second key.
        if scalar is not None and path[-2:-1] in _SHORTHAND_KEYS:
            return text_edits.insert_beside_shorthand(scalar, match.key, _SHORTHAND_KEYS[path[-2:-1]], key, text)
        return text_edits.insert_entry(match.node, key, text)

    def explicit(self, path: tuple[str | int, ...]) -> bool:
        """Whether the author wrote the value."""
        return self.source_map is not None and not self.source_map.lookup(path).rest

    def is_broken(self, path: tuple[str | int, ...]) -> bool:
        """Whether the value, or one that it is part of, has been reported as wrong."""
        return any(path[:length] in self.broken for length in range(len(path) + 1))


def _shorthand_node(node: Node) -> Node | None:
    """The scalar that stands for a mapping, also where an overlay has expanded it: there it is its own key."""
    if isinstance(node, ScalarNode):
        return node
    if not isinstance(node, MappingNode):
        return None
    first = next(iter(node.values.values()), None)
    return first if first is not None and first in node.keys.values() else None
