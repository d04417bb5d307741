"""The files of one project, each read and parsed once; files outside its directory are never opened."""

from __future__ import annotations

import os
from pathlib import Path

from provisioner.diagnostics import Diagnostic
from provisioner.load.yaml.composer import compose_yaml
from provisioner.load.yaml.nodes import Node
from provisioner.load.yaml.source_text import SourceText, UnreadableFile, read_source


def resolve_links(path: Path) -> Path:
    """The absolute path without symbolic links."""
    # Path.resolve raises at links in a circle; here reading the file reports them, with a code and a position.
    return Path(os.path.realpath(path))


class ProjectFiles:
    """Read access to a project directory: what is read or parsed once is kept, its errors too."""

    def __init__(self, root: Path) -> None:
        self.root = resolve_links(root)
        self._sources: dict[Path, SourceText | UnreadableFile] = {}
        self._trees: dict[Path, tuple[Node | None, list[Diagnostic]]] = {}

    def resolve_path(self, base: Path, written: str) -> Path:
        """The absolute path of `written`, relative to the file `base`. Raises UnreadableFile outside the project."""
        path = resolve_links(base.parent / written)
        # Checked after links are resolved: a link inside the project may lead out of it.
        if not path.is_relative_to(self.root):
            raise UnreadableFile(
                "INC003", f"{written!r} leaves the project's directory", "copy the file into the project"
            )
        return path

    def source(self, path: Path) -> SourceText:
        """The text of a file inside the project. Raises UnreadableFile."""
        if path not in self._sources:
            try:
                self._sources[path] = read_source(path)
            except UnreadableFile as error:
                self._sources[path] = error
        source = self._sources[path]
        if isinstance(source, UnreadableFile):
            raise source
        return source

    def tree(self, path: Path) -> tuple[Node | None, list[Diagnostic]]:
        """Root node and diagnostics of a YAML file inside the project. Raises UnreadableFile."""
        if path not in self._trees:
            self._trees[path] = compose_yaml(self.source(path))
        return self._trees[path]

    @property
    def sources(self) -> tuple[SourceText, ...]:
        """Every file that was read as text."""
        return tuple(source for source in self._sources.values() if isinstance(source, SourceText))
