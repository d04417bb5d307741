"""Diagnostics at nodes and for files, and the hints that they end in."""

from __future__ import annotations

from collections.abc import Iterable

from provisioner.diagnostics import Diagnostic, Fix, Place, RelatedPlace, Severity, Span
from provisioner.load.yaml.nodes import Node
from provisioner.load.yaml.source_text import SourceText, UnreadableFile


def node_place(node: Node) -> Place:
    """The characters of a scalar, or the first line of a mapping or list."""
    source = node.source
    start = node.start
    return source.place(start, max(start, min(node.end, source.line_end(start))))


def node_diagnostic(
    code: str,
    message: str,
    node: Node,
    hint: str | None = None,
    *,
    severity: Severity = "error",
    fix: Fix | None = None,
    first: Node | None = None,
) -> Diagnostic:
    """A diagnostic at a value or a key; `first` is the entry that came before it under the same name."""
    related = (RelatedPlace("the first", node_place(first)),) if first is not None else ()
    span = node.source.span(node.start, node.end)
    return Diagnostic(code, severity, message, span, node_place(node), hint, fix, related=related)


def unreadable_file_diagnostic(error: UnreadableFile, name: str, node: Node | None = None) -> Diagnostic:
    """A file that cannot be read: a diagnostic at `node`, which names it, or inside the file where its text is wrong.

    `name` is the path of the file as users see it.
    """
    # With the text there is a position inside the file, which helps more than the one that names it.
    if node is not None and not error.text:
        return node_diagnostic(error.code, error.message, node, error.hint)
    before = error.text[: error.offset]
    line = before.count("\n") + 1
    column = error.offset - (before.rfind("\n") + 1) + 1
    place = Place(name, line, column, line, column + 1)
    return Diagnostic(error.code, "error", error.message, Span(error.offset, error.offset + 1), place, error.hint)


def file_diagnostic(code: str, message: str, source: SourceText, hint: str | None = None) -> Diagnostic:
    """A diagnostic about a whole file, at its start."""
    return Diagnostic(code, "error", message, Span(0, 0), source.place(0, 0), hint)


def join_with_or(names: Iterable[str]) -> str:
    """`a, b or c`; there must be at least one name."""
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
