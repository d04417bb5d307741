"""The files and pages that a file names: `file:`, `include:`, and the addresses in comments and texts."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provisioner.diagnostics import Span
from provisioner.language.language_file import LanguageFile
from provisioner.load.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from provisioner.load.yaml.source_text import UnreadableFile


@dataclass(frozen=True, slots=True)
class DocumentLink:
    """Characters that lead to a file or to an address."""

    span: Span
    path: Path | None = None
    address: str | None = None


_ADDRESS = re.compile(r"https://[^\s\"'<>)\]}]+")


def document_links(file: LanguageFile) -> list[DocumentLink]:
    """The links of a file."""
    links = list(_file_links(file, file.tree)) if file.tree is not None else []
    links += [DocumentLink(Span(*match.span()), address=match[0]) for match in _ADDRESS.finditer(file.source.text)]
    return links


def _file_links(file: LanguageFile, node: Node) -> Iterator[DocumentLink]:
    if isinstance(node, SequenceNode):
        for item in node.items:
            yield from _file_links(file, item)
    if not isinstance(node, MappingNode):
        return
    for name, value in node.values.items():
        if value.source is not file.source:
            continue
        if name == "file" and isinstance(value, ScalarNode):
            yield from _links_to(file, value)
        elif name == "include" and isinstance(value, SequenceNode):
            for item in value.items:
                if isinstance(item, ScalarNode):
                    yield from _links_to(file, item)
        else:
            yield from _file_links(file, value)


def _links_to(file: LanguageFile, node: ScalarNode) -> Iterator[DocumentLink]:
    """The file that a scalar names; of a pattern the first that matches."""
    path = linked_path(file, node.text)
    if path is not None:
        yield DocumentLink(Span(node.start, node.end), path)


def linked_path(file: LanguageFile, written: str) -> Path | None:
    """The file that a path or pattern leads to; None where it leads out of the project, or to nothing."""
    if glob.has_magic(written):
        names = sorted(glob.iglob(written, root_dir=file.path.parent, recursive=True))  # noqa: PTH207 - with root_dir
        written = names[0] if names else ""
    root = file.project.manifest_file.parent
    try:
        path = (file.path.parent / written).resolve()
    except (OSError, ValueError, RuntimeError, UnreadableFile):
        return None
    # A link out of the project would open what `validate` refuses to read.
    return path if written and path.is_file() and path.is_relative_to(root) else None
