"""The layout of a whole project: the KQL of every file that a manifest stands for, in the standard layout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from provisioner.errors import ProvisionerError
from provisioner.language.text_formatting import format_source
from provisioner.load import ProjectFiles, load_document, manifest_path
from provisioner.load.yaml.nodes import Node
from provisioner.load.yaml.project_files import resolve_links
from provisioner.load.yaml.source_text import SourceText, UnreadableFile

_KQL = ".kql"
_YAML = frozenset({".yaml", ".yml"})


def changed_layouts(paths: Iterable[Path]) -> dict[str, str]:
    """The new text of each file whose KQL has another layout than the standard one, by the file's name.

    A manifest stands for the files that it includes and names; other files stand for themselves. Raises
    ProvisionerError for a file that is not there, or is no YAML.
    """
    texts: dict[str, str] = {}
    seen: set[Path] = set()
    for path in paths:
        for source, tree in _sources(path):
            if source.path in seen:
                continue
            seen.add(source.path)
            text = format_source(source, tree)
            if text != source.text:
                # The byte order mark is the file's, not the text's.
                texts[source.name] = "\ufeff" * source.bom_length + text
    return texts


def _sources(path: Path) -> Iterator[tuple[SourceText, Node | None]]:
    """The files that a path stands for, each with its tree (None for KQL)."""
    file = resolve_links(manifest_path(path))
    files = ProjectFiles(file.parent)
    try:
        if file.suffix == _KQL:
            yield files.source(file), None
            return
        tree, errors = files.tree(file)
        if tree is None and errors:
            first = errors[0]
            raise ProvisionerError(f"{first.place}: {first.message}", hint=first.hint)
    except UnreadableFile as error:
        raise ProvisionerError(error.message, hint=error.hint) from error
    # Loaded, so that what it includes and names is laid out with it; a file that is included brings only itself.
    load_document(file, files=files)
    for source in files.sources:
        if source.path.suffix == _KQL:
            yield source, None
        elif source.path.suffix in _YAML or source.path == file:
            yield source, files.tree(source.path)[0]
