"""One manifest as its buffers have it now: its documents by environment, its findings, and the last that was whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from provisioner.diagnostics import Diagnostic
from provisioner.language.source_buffers import BufferedFiles, SourceBuffers
from provisioner.load import Document, load_document, load_environments
from provisioner.load.yaml.nodes import MappingNode, Node
from provisioner.load.yaml.source_text import SourceText
from provisioner.model import Manifest
from provisioner.transforms.bound_transforms import BoundTransforms
from provisioner.validate.runner import check_documents


@dataclass(frozen=True)
class Analysis:
    """The state of one project at one revision of its buffers.

    `documents` maps environments (None: the manifest itself) to what loading gave. `good_documents` are the newest that
    have a manifest: names are looked up in them while the text is half typed.
    """

    documents: Mapping[str | None, Document]
    good_documents: Mapping[str | None, Document]
    transforms: BoundTransforms
    missing_paths: tuple[Path, ...] = ()

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The findings of all checks, as `validate` has them. Raises ProvisionerError for wrong settings."""
        return check_documents(self.documents, transforms=self.transforms)

    def file_diagnostics(self, source: SourceText, tree: Node | None) -> tuple[Diagnostic, ...]:
        """The findings in one file, of loading and of the parts that it holds; quick, in a project of any size.

        What a part that stands in another file says of this one is not among them. Raises ProvisionerError as above.
        """
        entries = _entries_of(tree) | self._streams_of(source)
        findings = check_documents(
            self.documents, transforms=self.transforms, parts=lambda path: len(path) < 2 or path[:2] in entries
        )
        return tuple(one for one in findings if one.place is not None and one.place.file == source.name)

    def _streams_of(self, source: SourceText) -> set[tuple[str | int, ...]]:
        """The streams that name a file, for a transform, tests or samples."""
        return {
            path[:2]
            for document in self.documents.values()
            if document.source_map is not None
            for path, node in document.source_map.file_contents.items()
            if node.source is source
        }

    @cached_property
    def sources(self) -> Mapping[str, SourceText]:
        """Every file that was read, by the name that findings give it."""
        return {source.name: source for document in self.documents.values() for source in document.sources}

    @property
    def document(self) -> Document | None:
        """The newest document with a manifest: of the manifest itself, else of an environment; None without any."""
        return self.good_documents.get(None) or next(iter(self.good_documents.values()), None)

    @property
    def manifest(self) -> Manifest | None:
        """The newest manifest that could be built."""
        return self.document.manifest if self.document else None

    def named(self) -> Iterator[tuple[str | None, Document, Manifest]]:
        """The documents in which names are looked up, with their environments and manifests."""
        for environment, document in self.good_documents.items():
            if document.manifest is not None:
                yield environment, document, document.manifest


def _entries_of(tree: Node | None) -> set[tuple[str | int, ...]]:
    """Section and name of each entry that a file writes, in its environments too."""
    if not isinstance(tree, MappingNode):
        return set()
    environments = tree.values.get("environments")
    overlays = environments.values.values() if isinstance(environments, MappingNode) else ()
    return {
        (section, name)
        for layer in (tree, *overlays)
        if isinstance(layer, MappingNode)
        for section, entries in layer.values.items()
        if isinstance(entries, MappingNode)
        for name in entries.values
    }


_MAX_TRANSFORMS = 4096
"""Transforms whose facts are kept; each keystroke in one makes another."""


@dataclass
class LanguageProject:
    """A manifest file with all that it includes and names, analysed when it is asked for and only where it changed."""

    manifest_file: Path
    buffers: SourceBuffers
    environment: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    _analysis: Analysis | None = None
    _revision: tuple[int, int] = (-1, 0)
    _disk_revision: int = 0
    _transforms: BoundTransforms = field(default_factory=BoundTransforms)
    _good: dict[str | None, Document] = field(default_factory=dict)

    def forget_disk(self) -> None:
        """Read the files on disk again before the next answer: one of them has changed."""
        self._disk_revision += 1

    @property
    def analysis(self) -> Analysis:
        """The project as its buffers have it now."""
        revision = (self.buffers.revision, self._disk_revision)
        if self._analysis is None or self._revision != revision:
            self._analysis = self._analyse()
            self._revision = revision
        return self._analysis

    def _analyse(self) -> Analysis:
        files = BufferedFiles(self.manifest_file.parent, self.buffers)
        documents = load_environments(self.manifest_file, self.variables, self.environment, files)
        whole = {name: document for name, document in documents.items() if document.manifest is not None}
        # The last whole documents stay only where nothing newer is: an environment that is gone has no names to give.
        self._good = whole or self._good
        # Dropped whole: to find out which are still in use would cost as much as to bind them again.
        if self._transforms.count > _MAX_TRANSFORMS:
            self._transforms = BoundTransforms()
        return Analysis(documents, dict(self._good), self._transforms, files.missing_paths)


def load_environment(project: LanguageProject, environment: str | None) -> Document:
    """The document of one environment, whether the project's setting has it or not."""
    files = BufferedFiles(project.manifest_file.parent, project.buffers)
    return load_document(project.manifest_file, environment, project.variables, files)
