"""The files of one project, each read and parsed once; none outside its directory is opened."""

from __future__ import annotations

import os
from pathlib import Path

from provisioner.diagnostics import Diagnostic
from provisioner.load.yaml.composer import compose
from provisioner.load.yaml.nodes import Node
from provisioner.load.yaml.source_text import Source, Unreadable, read


def real(path: Path) -> Path:
    """Where a path leads. Links in a circle lead nowhere, which is told when the file is read."""
    return Path(os.path.realpath(path))


class Files:
    """Read access to a project directory."""

    def __init__(self, root: Path) -> None:
        self.root = real(root)
        self._sources: dict[Path, Source | Unreadable] = {}
        self._trees: dict[Path, tuple[Node | None, list[Diagnostic]]] = {}

    def resolve(self, base: Path, written: str) -> Path:
        """The file that a path in the file `base` means; raises `Unreadable` where it leaves the project."""
        found = real(base.parent / written)
        if not found.is_relative_to(self.root):
            raise Unreadable("INC003", f"{written!r} leaves the project's directory", "copy the file into the project")
        return found

    def source(self, path: Path) -> Source:
        """The text of a file inside the project; raises `Unreadable`."""
        if path not in self._sources:
            try:
                self._sources[path] = read(path)
            except Unreadable as error:
                self._sources[path] = error
        found = self._sources[path]
        if isinstance(found, Unreadable):
            raise found
        return found

    def tree(self, path: Path) -> tuple[Node | None, list[Diagnostic]]:
        """The YAML of a file inside the project; raises `Unreadable`."""
        if path not in self._trees:
            self._trees[path] = compose(self.source(path))
        return self._trees[path]

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every file that was read as text."""
        return tuple(each for each in self._sources.values() if isinstance(each, Source))
