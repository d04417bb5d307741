"""An item added to a list of the author's, in YAML or in a file of records, as an edit of its text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from provisioner.diagnostics import Edit
from provisioner.load import Document
from provisioner.load.yaml.nodes import Node, SequenceNode
from provisioner.load.yaml.source_text import SourceText
from provisioner.model import ManifestPath


class NotEditable(ValueError):
    """A text that cannot be changed from here without changing more than is meant; the message says why."""


def append_edit(document: Document, path: ManifestPath, value: Mapping[str, Any]) -> Edit:
    """The edit that adds an item at the end of the list at a path; the list is made where there is none.

    Raises NotEditable.
    """
    if document.source_map is None:
        raise NotEditable("the manifest cannot be read: mend it first")
    match = document.source_map.lookup(path)
    if match.rest:
        block = _block_item(value, "")
        edit = document.insert(path[:-1], str(path[-1]), block) if "\n" in block else None
        edit = edit or document.insert(path[:-1], str(path[-1]), f"[{_in_line(value)}]")
        if edit is None:
            raise NotEditable(
                f"{'.'.join(map(str, path[:-1]))} is written so that nothing can be added to it from here"
            )
        return edit
    node = match.node
    if not isinstance(node, SequenceNode) or match.shared:
        raise NotEditable(f"{'.'.join(map(str, path))} is no list of its own")
    suffix = node.source.path.suffix.lower()
    # CSV has no types: what is read back would not be what was kept.
    if suffix in (".csv", ".tsv"):
        raise NotEditable(f"{node.source.name} is a table of texts: add the record there by hand")
    return _append(node, value, is_json=suffix not in (".yaml", ".yml"))


def _append(node: SequenceNode, value: Mapping[str, Any], *, is_json: bool) -> Edit:
    source, text = node.source, node.source.text
    if is_json and text.lstrip()[:1] != "[":
        # A record to a line, or one record alone: another one follows.
        end = len(text.rstrip())
        return _insert(source, end, end, f"\n{json.dumps(value, ensure_ascii=False)}")
    if not node.items:
        start = text.index("[", node.start if not is_json else 0)
        end = text.index("]", start) + 1
        return _insert(source, start, end, f"[{_in_line(value)}]")
    last = node.items[-1]
    end = last.start + len(text[last.start : last.end].rstrip())
    if is_json:
        return _insert(source, end, end, f",\n  {json.dumps(value, ensure_ascii=False)}")
    dash = text.rfind("-", source.line_start(node.items[0].start), node.items[0].start)
    if text[node.start : node.start + 1] == "[" or dash < 0:
        return _insert(source, end, end, f", {_in_line(value)}")
    indent = text[source.line_start(dash) : dash]
    end = _content_end(last)
    line_end = source.line_end(end)
    return _insert(source, line_end, line_end, f"\n{indent}{_block_item(value, indent)}")


def _content_end(node: Node) -> int:
    """The offset behind the last character of an item: a block item ends, for the parser, where the next key starts."""
    text = node.source.text[node.start : node.end]
    lines = text.rstrip().split("\n")
    # Comments behind the item may belong to what follows.
    while len(lines) > 1 and lines[-1].lstrip().startswith("#"):
        lines.pop()
    return node.start + len("\n".join(lines).rstrip())


def _block_item(value: Mapping[str, Any], indent: str) -> str:
    """An item of a block list: a key to a line, each value in one line; a record in one line as a whole."""
    if not any(isinstance(inner, list) for inner in value.values()):
        return f"- {_in_line(value)}"
    lines = [f"{name}: {json.dumps(inner, ensure_ascii=False)}" for name, inner in value.items()]
    return f"- {lines[0]}" + "".join(f"\n{indent}  {line}" for line in lines[1:])


def _in_line(value: Mapping[str, Any]) -> str:
    # JSON is YAML, and no text of a record can be read as something else in it.
    return json.dumps(value, ensure_ascii=False)


def _insert(source: SourceText, start: int, end: int, text: str) -> Edit:
    return Edit(source.span(start, end), text.replace("\n", source.newline), source.name)
