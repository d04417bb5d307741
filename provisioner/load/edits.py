"""Repairs as edits of the author's text: only the characters that change, in the author's layout."""

from __future__ import annotations

import re

from provisioner.diagnostics import Edit, Span
from provisioner.load.nodes import Mapping, Node, Scalar, Sequence
from provisioner.load.scalars import resolve
from provisioner.load.spans import offsets

_PLAIN = re.compile(r"[A-Za-z0-9_./$][A-Za-z0-9_./$@+-]*(?: [A-Za-z0-9_./$@+(-][A-Za-z0-9_./$@+)-]*)*")


def replace(node: Node, text: str, span: Span | None = None) -> Edit | None:
    """`text` instead of a scalar (of `span` of its value); None where it is interpolated, repeated or in pieces."""
    if not isinstance(node, Scalar) or node.shared or node.style == "*":
        return None
    if span is None:
        return _whole(node, text)
    if node.style not in {"|", ">", "file"} and "$(" in node.text:
        return None
    return _part(node, text, span)


def _whole(node: Scalar, text: str) -> Edit | None:
    if node.style in {"|", ">"} or (node.style != "file" and isinstance(node.value, str) and "$" in node.text):
        return None
    if node.style == "file":
        return _edit(node, 0, len(node.source.text), text)
    return _edit(node, node.start, node.end, _quoted(text, node.style))


def _quoted(text: str, style: str) -> str:
    """The text in the quotes the author used; without quotes only where that is safe."""
    if style == "'" or (not style and not scalar_is_safe(text)):
        if "\n" not in text:
            return "'" + text.replace("'", "''") + "'"
        style = '"'
    return f'"{_escaped(text)}"' if style == '"' else text


def scalar_is_safe(text: str) -> bool:
    """Whether the text may stand without quotes anywhere; a number's or a flag's own words may, as such."""
    return bool(_PLAIN.fullmatch(text)) or (text != "" and not isinstance(resolve(text), str))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")


def _part(node: Scalar, text: str, span: Span) -> Edit | None:
    """Characters inside the value; white space that was folded cannot be told apart and is left alone."""
    if not 0 <= span.start <= span.end <= len(node.text):
        return None
    starts, ends = offsets(node)
    if node.style != "file" and span.start == span.end == len(node.text):
        start = end = ends[-1] if ends else -1
    else:
        start = starts[span.start] if span.start < len(starts) else len(node.source.text)
        end = ends[span.end - 1] if span.end > span.start else start
    many = "\n" in node.source.text[node.start : node.end]
    if start < 0 or (many and node.style not in {"|", "file"} and not _exact(node, start, end, span)):
        return None
    if node.style == '"':
        text = _escaped(text)
    elif node.style == "'":
        text = text.replace("'", "''")
    elif node.style == "|":
        line = node.source.line_start(start)
        text = text.replace("\n", node.source.newline + " " * _indent(node.source.text[line:start]))
    elif node.style == "file":
        text = text.replace("\n", node.source.newline)
    elif not scalar_is_safe(node.text[: span.start] + text + node.text[span.end :]):
        return _whole(node, node.text[: span.start] + text + node.text[span.end :])
    return _edit(node, start, end, text)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" ")) if line.strip() else len(line)


def _exact(node: Scalar, start: int, end: int, span: Span) -> bool:
    return end > start and node.source.text[start:end] == node.text[span.start : span.end]


def _edit(node: Node, start: int, end: int, text: str) -> Edit:
    return Edit(node.source.span(start, end), text, node.source.name)


def insert(mapping: Node, key: str, text: str) -> Edit | None:
    """`key: text` as the last entry of a mapping; None where it is repeated or has no entry to stand beside."""
    if not isinstance(mapping, Mapping) or mapping.shared or not mapping.keys:
        return _into_empty(mapping, key, text)
    source = mapping.source
    if mapping.flow:
        if "\n" in text:
            return None
        last = _end([each for each in mapping.values.values() if each.source is source][-1])
        return _edit(mapping, last, last, f", {key}: {text}")
    first = next((each for each in mapping.keys.values() if each.source is source), None)
    if first is None:
        return None
    indent = " " * (source.position(first.start)[1] - 1)
    last = max(_end(each) for each in mapping.values.values() if each.source is source)
    at = source.line_end(last)
    lines = f"{key}:{_below(text, indent)}"
    return _edit(mapping, at, at, f"{source.newline}{indent}{lines}".replace("\n", source.newline))


def _into_empty(mapping: Node, key: str, text: str) -> Edit | None:
    if not isinstance(mapping, Mapping) or mapping.shared or not mapping.flow or "\n" in text:
        return None
    if mapping.source.text[mapping.start : mapping.end].strip("{} \n") or mapping.end - mapping.start < 2:
        return None
    return _edit(mapping, mapping.start, mapping.end, f"{{{key}: {text}}}")


def _below(text: str, indent: str) -> str:
    """A value of one line behind its key; a longer one below it, indented by two more."""
    if "\n" not in text.rstrip("\n"):
        return f" {text.rstrip()}"
    return "".join(f"\n{indent}  {line}" if line.strip() else "\n" for line in text.rstrip("\n").split("\n"))


def _end(node: Node) -> int:
    """Where the last character of a value stands."""
    children = (
        list(node.values.values()) if isinstance(node, Mapping) else node.items if isinstance(node, Sequence) else []
    )
    inner = [_end(child) for child in children if child.source is node.source and child.start >= node.start]
    if inner and not getattr(node, "flow", False):
        return max(inner)
    return node.start + len(node.source.text[node.start : node.end].rstrip())
