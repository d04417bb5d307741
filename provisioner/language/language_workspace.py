"""The projects of an editor's folders: found by their manifests, or by a file that one includes or names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from provisioner.language.kql_text import is_kql_file
from provisioner.language.language_file import YAML_SUFFIXES, LanguageFile
from provisioner.language.project_analysis import LanguageProject
from provisioner.language.source_buffers import SourceBuffers
from provisioner.load import DEFAULT_NAME
from provisioner.load.yaml.nodes import MappingNode
from provisioner.load.yaml.project_files import resolve_links
from provisioner.load.yaml.source_text import UnreadableFile


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
