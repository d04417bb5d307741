"""The texts of a project: an open buffer where an editor has one, else the file on disk; what is unchanged is kept."""

from __future__ import annotations

from pathlib import Path

from provisioner.diagnostics import Diagnostic
from provisioner.load.yaml.composer import compose_yaml
from provisioner.load.yaml.nodes import Node
from provisioner.load.yaml.project_files import ProjectFiles, resolve_links
from provisioner.load.yaml.source_text import SourceText, UnreadableFile, read_source, source_of_text

Tree = tuple[Node | None, list[Diagnostic]]


class SourceBuffers:
    """Open buffers over the disk; `revision` grows with every change of a buffer."""

    def __init__(self) -> None:
        self.revision = 0
        self._buffers: dict[Path, SourceText | UnreadableFile] = {}
        self._disk: dict[Path, tuple[tuple[int, int], SourceText]] = {}
        # By the text object: an unchanged file keeps its object, and so its tree.
        self._trees: dict[Path, tuple[SourceText, Tree]] = {}

    def set_text(self, path: Path, text: str) -> None:
        """Let a text stand for a file, whether that exists or not."""
        path = resolve_links(path)
        try:
            self._buffers[path] = source_of_text(path, text)
        except UnreadableFile as error:
            self._buffers[path] = error
        self.revision += 1

    # Also where the text is the same: a client that sends it expects an answer for its version.
    def close(self, path: Path) -> None:
        """Let the file on disk count again."""
        self._buffers.pop(resolve_links(path), None)
        self.revision += 1

    def is_open(self, path: Path) -> bool:
        """Whether a buffer stands for the file."""
        return resolve_links(path) in self._buffers

    @property
    def open_paths(self) -> tuple[Path, ...]:
        """The files for which buffers stand."""
        return tuple(self._buffers)

    def source(self, path: Path) -> SourceText:
        """The text of a file. Raises UnreadableFile."""
        buffer = self._buffers.get(path)
        if isinstance(buffer, UnreadableFile):
            raise buffer
        return buffer if buffer is not None else self._disk_source(path)

    def tree(self, path: Path) -> Tree:
        """Root node and diagnostics of a YAML file. Raises UnreadableFile."""
        source = self.source(path)
        cached = self._trees.get(path)
        if cached is None or cached[0] is not source:
            cached = (source, compose_yaml(source))
            self._trees[path] = cached
        return cached[1]

    def _disk_source(self, path: Path) -> SourceText:
        try:
            status = path.stat()
        except OSError:
            # read_source says what is wrong, in words of its own.
            return read_source(path)
        # A file that is written twice within the clock's resolution nearly always has another size.
        stamp = (status.st_mtime_ns, status.st_size)
        cached = self._disk.get(path)
        if cached is None or cached[0] != stamp:
            cached = (stamp, read_source(path))
            self._disk[path] = cached
        return cached[1]


class BufferedFiles(ProjectFiles):
    """The files of one project for one loading, read through the buffers of an editor."""

    def __init__(self, root: Path, buffers: SourceBuffers) -> None:
        super().__init__(root)
        self._shared = buffers

    def source(self, path: Path) -> SourceText:
        """The text of a file inside the project. Raises UnreadableFile."""
        # Once a loading: all environments of one answer see the same text.
        if path not in self._sources:
            try:
                self._sources[path] = self._shared.source(path)
            except UnreadableFile as error:
                self._sources[path] = error
        return super().source(path)

    def tree(self, path: Path) -> Tree:
        """Root node and diagnostics of a YAML file inside the project. Raises UnreadableFile."""
        self.source(path)
        return self._shared.tree(path)

    @property
    def missing_paths(self) -> tuple[Path, ...]:
        """The files that were asked for and could not be read."""
        return tuple(path for path, source in self._sources.items() if isinstance(source, UnreadableFile))
