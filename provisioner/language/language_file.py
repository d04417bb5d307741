"""A file of a project, and for a place in it what is written there: a piece of YAML or of KQL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from provisioner.language.kql_cursor import KqlCursor, kql_cursor
from provisioner.language.kql_text import (
    FlowContext,
    TransformText,
    block_text,
    flow_contexts,
    is_kql_file,
    scalar_text,
    transform_texts,
    whole_file_text,
)
from provisioner.language.manifest_shapes import shape_at
from provisioner.language.project_analysis import Analysis, LanguageProject
from provisioner.language.yaml_cursor import yaml_cursor
from provisioner.language.yaml_place import YamlCursor
from provisioner.load.schema.manifest_language import INCLUDED_FILE, MANIFEST
from provisioner.load.schema.shapes import KqlText, Shape, ValueOrFile
from provisioner.load.yaml.nodes import MappingNode, Node
from provisioner.load.yaml.source_text import SourceText

YAML_SUFFIXES = frozenset({".yaml", ".yml"})


@dataclass(frozen=True)
class LanguageFile:
    """One file of a project as it is now."""

    path: Path
    source: SourceText
    project: LanguageProject
    tree: Node | None

    @property
    def analysis(self) -> Analysis:
        """The project at this moment."""
        return self.project.analysis

    @property
    def is_main(self) -> bool:
        """Whether it is the manifest itself and not a file that it includes or names."""
        return self.path == self.project.manifest_file

    @property
    def is_yaml(self) -> bool:
        """Whether it is read as YAML."""
        return self.path.suffix in YAML_SUFFIXES or self.is_main

    @property
    def root_shape(self) -> Shape:
        """What the whole file may hold."""
        return MANIFEST if self.is_main or self.tests_path else INCLUDED_FILE

    @cached_property
    def tests_path(self) -> tuple[str | int, ...]:
        """Where in the manifest the list of tests stands that the file holds (`tests: {file: …}`); else empty."""
        if self.is_main or not self.is_yaml:
            return ()
        for _, document, _ in self.analysis.named():
            contents = document.source_map.file_contents if document.source_map else {}
            for path, node in contents.items():
                if path[-1:] == ("tests",) and node.source.path == self.path:
                    return path
        return ()

    @cached_property
    def transforms(self) -> list[TransformText]:
        """The transforms that it holds."""
        if is_kql_file(self.path):
            return [whole_file_text(self.source)]
        return transform_texts(self.source, self.tree) if self.is_yaml else []

    def place(self, offset: int) -> ManifestPlace | KqlPlace:
        """What is written, or can be written, at an offset."""
        if is_kql_file(self.path):
            return self._kql_place(whole_file_text(self.source), offset)
        cursor = yaml_cursor(self.source, offset)
        if self.tests_path:
            cursor = replace(cursor, path=(*self.tests_path, *cursor.path))
        shape = shape_at(self.root_shape, cursor.path)
        holds_kql = isinstance(shape, KqlText) or (
            isinstance(shape, ValueOrFile) and isinstance(shape.value_shape, KqlText)
        )
        # A literal block is read by its lines, so that it works in a file that is no YAML at the moment.
        if holds_kql and cursor.role == "content" and cursor.block_start is not None:
            header = self.source.text[self.source.line_start(cursor.block_start - 1) : cursor.block_start]
            if "|" in header:
                return self._kql_place(block_text(self.source, cursor.block_start, cursor.path), offset)
        if holds_kql and cursor.role in {"value", "content"} and not cursor.text.startswith("{"):
            text = self._scalar_at(cursor, offset)
            if text is not None:
                return self._kql_place(text, offset)
        return ManifestPlace(self, offset, cursor, shape)

    def _scalar_at(self, cursor: YamlCursor, offset: int) -> TransformText | None:
        """The transform in a flow scalar or a folded block around a place."""
        written = next((text for text in self.transforms if text.contains(offset)), None)
        if written is not None:
            return written
        if self.tree is None or cursor.role == "content":
            return None
        # The parser leaves out white space behind a value, and the place may be in it.
        node = node_at(self.tree, cursor.path)
        if node is not None and cursor.token.start == node.start and hasattr(node, "style"):
            text = scalar_text(node, cursor.path)  # type: ignore[arg-type]
            padding = offset - text.end
            if padding >= 0:
                starts = [text.to_source(number) for number in range(len(text.text))] + list(range(text.end, offset))
                return TransformText(self.source, cursor.path, text.text + " " * padding, starts, offset, text.style)
        if cursor.token.end > cursor.token.start:
            return None
        return TransformText(self.source, cursor.path, "", [], offset, "")

    def _kql_place(self, text: TransformText, offset: int) -> KqlPlace:
        return KqlPlace(self, offset, text, text.to_text(offset))


def node_at(tree: Node | None, path: tuple[str | int, ...]) -> Node | None:
    """What stands at a path below a node; None where nothing does."""
    node = tree
    for step in path:
        if isinstance(node, MappingNode):
            node = node.values.get(str(step))
        else:
            items = getattr(node, "items", [])
            node = items[step] if isinstance(step, int) and step < len(items) else None
    return node


@dataclass(frozen=True)
class ManifestPlace:
    """A place in a YAML file outside of KQL; `shape` is what the language allows at the cursor's path, if anything."""

    file: LanguageFile
    offset: int
    cursor: YamlCursor
    shape: Shape | None

    @property
    def analysis(self) -> Analysis:
        """The project of the file."""
        return self.file.analysis


@dataclass(frozen=True)
class KqlPlace:
    """A place in a transform; `text_offset` counts in the transform's own text."""

    file: LanguageFile
    offset: int
    text: TransformText
    text_offset: int

    @property
    def analysis(self) -> Analysis:
        """The project of the file."""
        return self.file.analysis

    @cached_property
    def cursor(self) -> KqlCursor:
        """What the place is in."""
        return kql_cursor(self.text.text, self.text_offset)

    @cached_property
    def contexts(self) -> list[FlowContext]:
        """The flows that the transform is of."""
        return flow_contexts(self.analysis, self.text)
