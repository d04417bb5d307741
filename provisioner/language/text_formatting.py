"""The layout of the KQL in a file: every transform by `kql.format`, the YAML around it as it is."""

from __future__ import annotations

from collections.abc import Iterable

from provisioner import kql
from provisioner.diagnostics import Edit, Span
from provisioner.language.kql_text import TransformText, transform_texts
from provisioner.load.yaml.nodes import Node
from provisioner.load.yaml.source_text import SourceText


def formatting_edits(texts: Iterable[TransformText], span: Span | None = None) -> list[Edit]:
    """The edits that lay out transforms (those that touch `span`); a text with invalid tokens stays as it is.

    In a block and in a `.kql` file each operator begins a line; a text between quotes or on the key's line stays on
    its line. Spans count without a byte order mark.
    """
    edits = []
    for text in texts:
        if span is not None and (text.end < span.start or text.start > span.end):
            continue
        edit = _format_edit(text)
        if edit is not None:
            edits.append(edit)
    return edits


def format_source(source: SourceText, tree: Node | None) -> str:
    """The whole text of a file in the standard layout."""
    result = source.text
    edits = formatting_edits(transform_texts(source, tree))
    # From the end, so that the offsets of earlier edits stay right.
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        result = result[: edit.span.start] + edit.text + result[edit.span.end :]
    return result


def _format_edit(text: TransformText) -> Edit | None:
    written = text.text.strip()
    # `kql.format` would make an empty line of nothing.
    if not written:
        return None
    formatted = kql.format(written).strip()
    if text.style not in {"|", "file"}:
        return _one_line_edit(text, formatted)
    if text.style == "file":
        formatted += "\n"
        replaced = Span(0, len(text.source.text))
        new = formatted.replace("\n", text.source.newline)
    else:
        first = len(text.text) - len(text.text.lstrip())
        replaced = text.span(Span(first, len(text.text.rstrip())))
        line_start = text.source.line_start(replaced.start)
        indent = " " * (replaced.start - line_start)
        lines = [f"{indent}{line}" if line else "" for line in formatted.split("\n")]
        new = text.source.newline.join(lines).lstrip(" ")
    if text.source.text[replaced.start : replaced.end] == new:
        return None
    return Edit(replaced, new)


def _one_line_edit(text: TransformText, formatted: str) -> Edit | None:
    """A text on one line: the words of the layout with one space between; left alone where a comment ends a line."""
    source = text.source.text[text.start : text.end]
    if "\n" in source or "//" in formatted or source != text.text:
        # Folded and escaped texts differ from what is written: their layout is their author's.
        return None
    line = " ".join(part.strip() for part in formatted.split("\n"))
    if line == source or not kql.same(line, text.text):
        return None
    # Plain YAML ends at " #" and takes ": " for a key: a layout must not bring these about.
    if text.style == "" and (": " in line or " #" in line):
        return None
    return Edit(Span(text.start, text.end), line)
