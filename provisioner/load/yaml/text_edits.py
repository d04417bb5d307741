"""Repairs as edits of the author's text: only the characters that change, in the author's layout."""

from __future__ import annotations

import json

from provisioner.diagnostics import Edit, Span
from provisioner.load.yaml.nodes import Mapping, Node, Scalar, Sequence
from provisioner.load.yaml.scalar_offsets import offsets
from provisioner.load.yaml.yaml_writer import scalar


def replace(node: Node, text: str, span: Span | None = None) -> Edit | None:
    """`text` instead of a scalar (of `span` of its value); None where it is interpolated, repeated or in pieces."""
    if not isinstance(node, Scalar) or node.shared or node.style == "*":
        return None
    if span is not None:
        return _part(node, text, span)
    if node.style == "file":
        return _edit(node, 0, len(node.source.text), text)
    if node.style in {"|", ">"} or _interpolated(node):
        return None
    return _edit(node, node.start, node.end, _written(text, node))


def respell(node: Node, word: str) -> Edit | None:
    """`word`, as it is, instead of a whole scalar and its quotes: for numbers and flags."""
    if not isinstance(node, Scalar) or node.shared or node.style in {"*", "|", ">", "file"} or _interpolated(node):
        return None
    return _edit(node, node.start, node.end, word)


def _interpolated(node: Scalar) -> bool:
    return isinstance(node.value, str) and ("$(" in node.text or "$$" in node.text)


def _written(text: str, node: Scalar) -> str:
    """The text in the quotes the author used; without any only where it reads as the same text."""
    if node.style == "'" and "\n" not in text:
        return "'" + text.replace("'", "''") + "'"
    if node.style:
        return f'"{_escaped(text)}"'
    return scalar(text) if isinstance(node.value, str) else text


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _part(node: Scalar, text: str, span: Span) -> Edit | None:
    """Characters inside the value; white space that was folded cannot be told apart and is left alone."""
    if not 0 <= span.start <= span.end <= len(node.text):
        return None
    if node.style not in {"|", ">", "file"} and _interpolated(node):
        return None
    if node.style == "" or (node.style == "'" and "\n" in text):
        return replace(node, node.text[: span.start] + text + node.text[span.end :])
    if node.style == "|":
        return _block(node, text, span)
    starts, ends = offsets(node)
    if node.style != "file" and span.start == span.end == len(node.text):
        start = end = ends[-1] if ends else -1
    else:
        start = starts[span.start] if span.start < len(starts) else len(node.source.text)
        end = ends[span.end - 1] if span.end > span.start else start
    many = "\n" in node.source.text[node.start : node.end]
    if start < 0 or (many and node.style != "file" and not _exact(node, start, end, span)):
        return None
    if node.style == '"':
        text = _escaped(text)
    elif node.style == "'":
        text = text.replace("'", "''")
    elif node.style == "file":
        text = text.replace("\n", node.source.newline)
    return _edit(node, start, end, text)


def _block(node: Scalar, text: str, span: Span) -> Edit | None:
    """In a `|` block new lines are indented like the line they follow, and its last line break stays."""
    starts, ends = offsets(node)
    size = len(node.text.rstrip("\n"))
    if not size:
        return None
    behind = span.start > size or (span.start == len(node.text) > size)
    text = f"\n{text}" if behind else text
    first = ends[size - 1] if behind or span.start == size else starts[span.start]
    last = first if behind or span.end == span.start else ends[min(span.end, size) - 1]
    text = text.rstrip("\n") if behind or span.end > size else text
    line = node.source.line_start(first)
    indent = " " * _indent(node.source.text[line:first])
    return _edit(node, first, max(first, last), text.replace("\n", node.source.newline + indent))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" ")) if line.strip() else len(line)


def _exact(node: Scalar, start: int, end: int, span: Span) -> bool:
    words = node.text[span.start : span.end]
    return end > start and "\n" not in words and node.source.text[start:end] == words


def _edit(node: Node, start: int, end: int, text: str) -> Edit:
    return Edit(node.source.span(start, end), text, node.source.name)


def insert(mapping: Node, key: str, text: str) -> Edit | None:
    """`key: text` as the last entry of a mapping; None where it is repeated or there is no entry to stand beside."""
    if not isinstance(mapping, Mapping) or mapping.shared or not mapping.keys:
        return _into_empty(mapping, key, text)
    source = mapping.source
    own = [
        each
        for each, value in mapping.values.items()
        if _inside(mapping.keys[each], mapping) and value.source is source
    ]
    if not own or mapping.keys[own[0]] is mapping.values[own[0]]:
        return None  # everything came from elsewhere
    last = max(_end(mapping.values[each]) for each in own)
    if mapping.flow:
        return None if "\n" in text else _edit(mapping, last, last, f", {key}: {text}")
    indent = " " * (source.position(mapping.keys[own[0]].start)[1] - 1)
    at = source.line_end(last)
    lines = f"{key}:{_below(text, indent)}"
    return _edit(mapping, at, at, f"\n{indent}{lines}".replace("\n", source.newline))


def widen(word: Node, name: Node | None, short: str, key: str, text: str) -> Edit | None:
    """A bare word that stands for a mapping (of which it is `short`) becomes one that holds `key: text` besides."""
    if not isinstance(word, Scalar) or word.shared or word.style in {"*", "|", ">", "file"}:
        return None
    source = word.source
    raw = source.text[word.start : word.end]
    if "\n" not in text:
        return _edit(word, word.start, word.end, f"{{{short}: {raw}, {key}: {text}}}")
    before = source.text[source.line_start(word.start) : name.start] if name is not None else "-"
    if before.strip() or name is None:
        return None
    indent = f"{before}  "
    lines = f"\n{indent}{short}: {raw}\n{indent}{key}:{_below(text, indent)}"
    return _edit(word, name.end + 1, word.end, lines.replace("\n", source.newline))


def _inside(node: Node, mapping: Mapping) -> bool:
    """Whether a node stands where the mapping stands, not in an overlay or another file."""
    return node.source is mapping.source and mapping.start <= node.start < mapping.end


def _into_empty(mapping: Node, key: str, text: str) -> Edit | None:
    if not isinstance(mapping, Mapping) or mapping.shared or not mapping.flow or "\n" in text:
        return None
    if mapping.source.text[mapping.start : mapping.end].strip("{} \n") or mapping.end - mapping.start < 2:
        return None
    return _edit(mapping, mapping.start, mapping.end, f"{{{key}: {text}}}")


def _below(text: str, indent: str) -> str:
    """A value of one line behind its key; a longer one below it, indented by two more (`|` stays behind the key)."""
    lines = text.rstrip("\n").split("\n")
    head = f" {lines.pop(0).rstrip()}" if len(lines) == 1 or lines[0][:1] in {"|", ">"} else ""
    return head + "".join(f"\n{indent}  {line}" if line.strip() else "\n" for line in lines)


def _end(node: Node) -> int:
    """Where the last character of a value stands."""
    children = (
        list(node.values.values()) if isinstance(node, Mapping) else node.items if isinstance(node, Sequence) else []
    )
    inner = [_end(child) for child in children if child.source is node.source and child.start >= node.start]
    if inner and not getattr(node, "flow", False):
        return max(inner)
    return node.start + len(node.source.text[node.start : node.end].rstrip())
