"""The projects of an editor's folders, and for a place in a file what is written there: a piece of YAML or of KQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
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
from provisioner.language.source_buffers import SourceBuffers
from provisioner.language.yaml_cursor import yaml_cursor
from provisioner.language.yaml_place import YamlCursor
from provisioner.load import DEFAULT_NAME
from provisioner.load.schema.manifest_language import INCLUDED_FILE, MANIFEST
from provisioner.load.schema.shapes import KqlText, Shape, ValueOrFile
from provisioner.load.yaml.nodes import MappingNode, Node
from provisioner.load.yaml.project_files import resolve_links
from provisioner.load.yaml.source_text import SourceText, UnreadableFile

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
        return MANIFEST if self.is_main else INCLUDED_FILE

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
        node = _node_at(self.tree, cursor.path)
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


def _node_at(tree: Node, path: tuple[str | int, ...]) -> Node | None:
    node: Node | None = tree
    for step in path:
        if isinstance(node, MappingNode):
            node = node.values.get(str(step))
        else:
            items = getattr(node, "items", [])
            node = items[step] if isinstance(step, int) and step < len(items) else None
        if node is None:
            return None
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


class LanguageWorkspace:
    """The projects below some folders, found by their files; buffers stand for what is on disk.

    `environment` is the one to lay over (None: the manifest, and each environment that it declares).
    """

    def __init__(self, folders: tuple[Path, ...] = (), environment: str | None = None) -> None:
        self.folders = tuple(resolve_links(folder) for folder in folders)
        self.environment = environment
        self.buffers = SourceBuffers()
        self._projects: dict[Path, LanguageProject] = {}

    def set_environment(self, environment: str | None) -> None:
        """Lay over another environment from now on."""
        self.environment = environment
        for project in self._projects.values():
            project.environment = environment
            project.forget_disk()

    def forget_disk(self) -> None:
        """Files on disk have changed; a manifest that is gone has no project any more."""
        self._keep(lambda manifest: self.buffers.is_open(manifest) or manifest.is_file())
        for project in self._projects.values():
            project.forget_disk()

    def change_folders(self, added: Iterable[Path], removed: Iterable[Path]) -> None:
        """Open some folders and leave others, with their projects."""
        left = {resolve_links(folder) for folder in removed}
        self.folders = tuple(
            dict.fromkeys((*(one for one in self.folders if one not in left), *map(resolve_links, added)))
        )
        self._keep(
            lambda manifest: (
                self.buffers.is_open(manifest)
                or not any(manifest.is_relative_to(folder) for folder in left)
                or any(manifest.is_relative_to(folder) for folder in self.folders)
            )
        )
        self.open_folders()

    def _keep(self, is_kept: Callable[[Path], bool]) -> None:
        self._projects = {manifest: project for manifest, project in self._projects.items() if is_kept(manifest)}

    def file(self, path: Path) -> LanguageFile | None:
        """A file with its project; None where it belongs to none, or cannot be read."""
        path = resolve_links(path)
        project = self.project_of(path)
        if project is None:
            return None
        try:
            source = self.buffers.source(path)
            tree = None if is_kql_file(path) else self.buffers.tree(path)[0]
        except UnreadableFile:
            return None
        return LanguageFile(path, source, project, tree)

    def project_of(self, path: Path) -> LanguageProject | None:
        """The project that a file is of: as its manifest, or as a file that the manifest includes or names."""
        path = resolve_links(path)
        # A manifest of another name than the default is one by its keys.
        if self._is_manifest(path):
            return self._project(path)
        for project in self._projects.values():
            if _has_file(project, path):
                return project
        # Upwards as far as the editor's folder: a manifest above it is somebody else's project.
        for folder in path.parents:
            manifest = folder / DEFAULT_NAME
            if self.buffers.is_open(manifest) or manifest.is_file():
                project = self._project(manifest)
                if _has_file(project, path):
                    return project
            if folder in self.folders:
                break
        return None

    def projects(self) -> Iterator[LanguageProject]:
        """The projects that were asked for so far."""
        yield from self._projects.values()

    def open_folders(self) -> None:
        """Find the manifests that stand at the root of a folder, or one level below it."""
        for folder in self.folders:
            # One level: a deeper search would walk through whatever a folder holds, before the first answer.
            for manifest in (folder / DEFAULT_NAME, *sorted(folder.glob(f"*/{DEFAULT_NAME}"))):
                if manifest.is_file():
                    self._project(resolve_links(manifest))

    def _project(self, manifest: Path) -> LanguageProject:
        if manifest not in self._projects:
            self._projects[manifest] = LanguageProject(manifest, self.buffers, self.environment)
        return self._projects[manifest]

    def _is_manifest(self, path: Path) -> bool:
        if path in self._projects or path.name == DEFAULT_NAME:
            return True
        if path.suffix not in YAML_SUFFIXES:
            return False
        try:
            tree, _ = self.buffers.tree(path)
        except UnreadableFile:
            return False
        return isinstance(tree, MappingNode) and set(tree.values) >= _MANIFEST_KEYS


_MANIFEST_KEYS = frozenset({"version", "name", "workspace"})


def _has_file(project: LanguageProject, path: Path) -> bool:
    """Whether a project's manifest includes or names a file, readable or not."""
    analysis = project.analysis
    return path in analysis.missing_paths or any(source.path == path for source in analysis.sources.values())


def sources_by_path(analysis: Analysis) -> Mapping[Path, SourceText]:
    """Every file that an analysis has read, by its path."""
    return {source.path: source for source in analysis.sources.values()}
