"""Changes of values as edits of the author's text: only the characters that change, in the author's layout."""

from __future__ import annotations

import json

from provisioner.diagnostics import Edit, Span
from provisioner.load.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from provisioner.load.yaml.scalar_offsets import character_offsets
from provisioner.load.yaml.yaml_writer import dump_scalar


def replace_scalar(node: Node, text: str, span: Span | None = None) -> Edit | None:
    """`text` instead of a scalar, or instead of the characters `span` of its value.

    None where an edit would change more than this value: it is interpolated, repeated by an alias, or folded.
    """
    if not isinstance(node, ScalarNode) or node.shared or node.style == "*":
        return None
    if span is not None:
        return _replace_part(node, text, span)
    if node.style == "file":
        return _source_edit(node, 0, len(node.source.text), text)
    if node.style in {"|", ">"} or _is_interpolated(node):
        return None
    return _source_edit(node, node.start, node.end, _in_original_quotes(text, node))


def replace_literal(node: Node, literal: str) -> Edit | None:
    """`literal`, unquoted, instead of a whole scalar and its quotes: for numbers and booleans. None as above."""
    if (
        not isinstance(node, ScalarNode)
        or node.shared
        or node.style in {"*", "|", ">", "file"}
        or _is_interpolated(node)
    ):
        return None
    return _source_edit(node, node.start, node.end, literal)


def _is_interpolated(node: ScalarNode) -> bool:
    return isinstance(node.value, str) and ("$(" in node.text or "$$" in node.text)


def _in_original_quotes(text: str, node: ScalarNode) -> str:
    """The text in the quotes the author used; without any only where it reads as the same text."""
    if node.style == "'" and "\n" not in text:
        return "'" + text.replace("'", "''") + "'"
    if node.style:
        return f'"{_escaped(text)}"'
    return dump_scalar(text) if isinstance(node.value, str) else text


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _replace_part(node: ScalarNode, text: str, span: Span) -> Edit | None:
    """Characters inside the value; None at folded white space, whose own characters cannot be located."""
    if not 0 <= span.start <= span.end <= len(node.text):
        return None
    if node.style not in {"|", ">", "file"} and _is_interpolated(node):
        return None
    if node.style == "" or (node.style == "'" and "\n" in text):
        return replace_scalar(node, node.text[: span.start] + text + node.text[span.end :])
    if node.style == "|":
        return _replace_in_block(node, text, span)
    starts, ends = character_offsets(node)
    if node.style != "file" and span.start == span.end == len(node.text):
        start = end = ends[-1] if ends else -1
    else:
        start = starts[span.start] if span.start < len(starts) else len(node.source.text)
        end = ends[span.end - 1] if span.end > span.start else start
    is_multiline = "\n" in node.source.text[node.start : node.end]
    if start < 0 or (is_multiline and node.style != "file" and not _is_verbatim(node, start, end, span)):
        return None
    if node.style == '"':
        text = _escaped(text)
    elif node.style == "'":
        text = text.replace("'", "''")
    elif node.style == "file":
        text = text.replace("\n", node.source.newline)
    return _source_edit(node, start, end, text)


def _replace_in_block(node: ScalarNode, text: str, span: Span) -> Edit | None:
    """Characters of a `|` block: new lines are indented like the line they follow, and its last line break stays."""
    starts, ends = character_offsets(node)
    size = len(node.text.rstrip("\n"))
    if not size:
        return None
    # What is added behind the final line break goes before it, on a line of its own, so that the break stays last.
    appends = span.start > size or (span.start == len(node.text) > size)
    text = f"\n{text}" if appends else text
    first = ends[size - 1] if appends or span.start == size else starts[span.start]
    last = first if appends or span.end == span.start else ends[min(span.end, size) - 1]
    text = text.rstrip("\n") if appends or span.end > size else text
    line_start = node.source.line_start(first)
    indent = " " * _indentation(node.source.text[line_start:first])
    return _source_edit(node, first, max(first, last), text.replace("\n", node.source.newline + indent))


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" ")) if line.strip() else len(line)


def _is_verbatim(node: ScalarNode, start: int, end: int, span: Span) -> bool:
    """Whether the source writes these characters of the value as they are."""
    characters = node.text[span.start : span.end]
    return end > start and "\n" not in characters and node.source.text[start:end] == characters


def _source_edit(node: Node, start: int, end: int, text: str) -> Edit:
    return Edit(node.source.span(start, end), text, node.source.name)


def insert_entry(mapping: Node, key: str, text: str) -> Edit | None:
    """`key: text` as the last entry of a mapping, laid out like its other entries.

    None where the mapping is repeated by an alias, or has no entry of its own to follow.
    """
    if not isinstance(mapping, MappingNode) or mapping.shared or not mapping.keys:
        return _insert_into_empty(mapping, key, text)
    source = mapping.source
    own_keys = [
        name
        for name, value in mapping.values.items()
        if _is_written_inside(mapping.keys[name], mapping) and value.source is source
    ]
    # Without entries of its own, everything came from an overlay or another file.
    if not own_keys or mapping.keys[own_keys[0]] is mapping.values[own_keys[0]]:
        return None
    last = max(_content_end(mapping.values[name]) for name in own_keys)
    if mapping.flow:
        return None if "\n" in text else _source_edit(mapping, last, last, f", {key}: {text}")
    indent = " " * (source.line_and_column(mapping.keys[own_keys[0]].start)[1] - 1)
    line_end = source.line_end(last)
    lines = f"{key}:{_value_lines(text, indent)}"
    return _source_edit(mapping, line_end, line_end, f"\n{indent}{lines}".replace("\n", source.newline))


def insert_beside_shorthand(scalar: Node, name: Node | None, shorthand_key: str, key: str, text: str) -> Edit | None:
    """A scalar that stands for a mapping becomes that mapping, with `key: text` as its second entry.

    `name` is the key that the scalar stands under, `shorthand_key` the one that it is the value of. None where the
    scalar is repeated by an alias, or a text of several lines has no line of its own to go to.
    """
    if not isinstance(scalar, ScalarNode) or scalar.shared or scalar.style in {"*", "|", ">", "file"}:
        return None
    source = scalar.source
    raw = source.text[scalar.start : scalar.end]
    if "\n" not in text:
        return _source_edit(scalar, scalar.start, scalar.end, f"{{{shorthand_key}: {raw}, {key}: {text}}}")
    before = source.text[source.line_start(scalar.start) : name.start] if name is not None else "-"
    if before.strip() or name is None:
        return None
    indent = f"{before}  "
    lines = f"\n{indent}{shorthand_key}: {raw}\n{indent}{key}:{_value_lines(text, indent)}"
    return _source_edit(scalar, name.end + 1, scalar.end, lines.replace("\n", source.newline))


def _is_written_inside(node: Node, mapping: MappingNode) -> bool:
    """Whether the mapping's own braces or lines hold the node: it is not from an overlay or another file."""
    return node.source is mapping.source and mapping.start <= node.start < mapping.end


def _insert_into_empty(mapping: Node, key: str, text: str) -> Edit | None:
    if not isinstance(mapping, MappingNode) or mapping.shared or not mapping.flow or "\n" in text:
        return None
    if mapping.source.text[mapping.start : mapping.end].strip("{} \r\n") or mapping.end - mapping.start < 2:
        return None
    return _source_edit(mapping, mapping.start, mapping.end, f"{{{key}: {text}}}")


def _value_lines(text: str, indent: str) -> str:
    """A value of one line behind its key; a longer one below it, indented by two more (`|` stays behind the key)."""
    lines = text.rstrip("\n").split("\n")
    head = f" {lines.pop(0).rstrip()}" if len(lines) == 1 or lines[0][:1] in {"|", ">"} else ""
    return head + "".join(f"\n{indent}  {line}" if line.strip() else "\n" for line in lines)


def _content_end(node: Node) -> int:
    """The offset behind the last character of a value."""
    # A block collection ends, for the parser, where the next key starts: behind comments that are not its own.
    children = (
        list(node.values.values())
        if isinstance(node, MappingNode)
        else node.items
        if isinstance(node, SequenceNode)
        else []
    )
    inner = [_content_end(child) for child in children if child.source is node.source and child.start >= node.start]
    if inner and not getattr(node, "flow", False):
        return max(inner)
    return node.start + len(node.source.text[node.start : node.end].rstrip())
