"""The names of a file as a tree, the pieces of it that can be folded, and what a growing selection takes in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from provisioner.diagnostics import Span
from provisioner.kql.syntax.lexer import tokenize
from provisioner.language.kql_text import TransformText
from provisioner.language.language_file import LanguageFile
from provisioner.language.pipeline_steps import last_pipeline
from provisioner.load.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

OutlineKind = Literal[
    "section", "table", "stream", "dcr", "application", "grant", "variable", "environment", "column", "test", "key"
]
_SECTIONS: dict[str, OutlineKind] = {
    "tables": "table",
    "streams": "stream",
    "dcrs": "dcr",
    "applications": "application",
    "grants": "grant",
    "workspace_transforms": "table",
    "variables": "variable",
    "environments": "environment",
    "columns": "column",
}


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """A name with its characters, those of all that is under it, and what is under it."""

    name: str
    kind: OutlineKind
    detail: str
    span: Span
    name_span: Span
    children: tuple[OutlineItem, ...] = field(default=())


def outline(file: LanguageFile) -> list[OutlineItem]:
    """The outline of a file; of a `.kql` file its operators."""
    if isinstance(file.tree, MappingNode):
        return [*_mapping_items(file.tree, "section", depth=0)]
    if file.tests_path and isinstance(file.tree, SequenceNode):
        return [*_test_items(file.tree)]
    items = []
    for text in file.transforms:
        for step in last_pipeline(text.text, {}).steps:
            span = text.span(step.span)
            if span.end > span.start:
                items.append(OutlineItem(step.operator or "source", "key", "", span, span))
    return items


_MAX_DEPTH = 4


def _mapping_items(mapping: MappingNode, kind: OutlineKind, depth: int) -> Iterator[OutlineItem]:
    for name, value in mapping.values.items():
        key = mapping.keys[name]
        if value.source is not mapping.source or key.source is not mapping.source:
            continue
        name_span = Span(key.start, key.end)
        children: tuple[OutlineItem, ...] = ()
        if depth < _MAX_DEPTH and isinstance(value, MappingNode):
            children = tuple(_mapping_items(value, _SECTIONS.get(name, "key"), depth + 1))
        elif name == "tests" and isinstance(value, SequenceNode):
            children = tuple(_test_items(value))
        detail = value.text if isinstance(value, ScalarNode) and "\n" not in value.text else ""
        span = Span(key.start, max(content_end(value), key.end))
        yield OutlineItem(name, kind, detail, span, name_span, children)


def _test_items(tests: SequenceNode) -> Iterator[OutlineItem]:
    for item in tests.items:
        name = item.values.get("name") if isinstance(item, MappingNode) else None
        if isinstance(name, ScalarNode):
            span = Span(item.start, max(content_end(item), name.end))
            yield OutlineItem(name.text, "test", "", span, Span(name.start, name.end))


def content_end(node: Node) -> int:
    """The offset behind the last character of a value, white space and comments behind it left out."""
    children: list[Node] = []
    if isinstance(node, MappingNode) and not node.flow:
        children = [*node.values.values(), *node.keys.values()]
    elif isinstance(node, SequenceNode) and not node.flow:
        children = node.items
    own = [content_end(child) for child in children if child.source is node.source and child.start >= node.start]
    return max(own) if own else node.start + len(node.source.text[node.start : node.end].rstrip())


def folding_lines(file: LanguageFile) -> list[tuple[int, int]]:
    """First and last line (from 0) of each piece that can be folded: values, blocks and operators of many lines."""
    folds: set[tuple[int, int]] = set()
    source = file.source

    def add(start: int, end: int) -> None:
        first, last = source.line_and_column(start)[0] - 1, source.line_and_column(max(end, start))[0] - 1
        if last > first:
            folds.add((first, last))

    def visit(node: Node) -> None:
        if isinstance(node, MappingNode):
            for name, value in node.values.items():
                if value.source is source:
                    add(node.keys[name].start, content_end(value))
                    visit(value)
        elif isinstance(node, SequenceNode):
            for item in node.items:
                if item.source is source:
                    add(item.start, content_end(item))
                    visit(item)

    if file.tree is not None:
        visit(file.tree)
    for text in file.transforms:
        for step in last_pipeline(text.text, {}).steps:
            span = text.span(step.span)
            add(span.start, span.end)
    return sorted(folds)


def selection_spans(file: LanguageFile, offset: int) -> list[Span]:
    """The pieces around a place, the smallest first: word, operator, transform, value, entry, section, file."""
    spans: list[Span] = []
    for text in file.transforms:
        if text.contains(offset):
            spans += _kql_spans(text, offset)
    node = file.tree
    nested: list[Span] = []
    while node is not None:
        nested.append(Span(node.start, max(content_end(node), node.start)))
        node = _child_at(node, offset, nested)
    spans += [span for span in reversed(nested) if span.start <= offset <= span.end]
    spans.append(Span(0, len(file.source.text)))
    growing: list[Span] = []
    for span in spans:
        inside = not growing or (span.start <= growing[-1].start and span.end >= growing[-1].end)
        if inside and (not growing or span != growing[-1]) and span.start <= offset <= span.end:
            growing.append(span)
    return growing


def _kql_spans(text: TransformText, offset: int) -> list[Span]:
    inner = text.to_text(offset)
    tokens = [token for token in tokenize(text.text)[0] if token.kind != "end" and token.start <= inner <= token.end]
    spans = [text.span(Span(token.start, token.end)) for token in tokens[:1]]
    spans += [
        text.span(step.span) for step in last_pipeline(text.text, {}).steps if step.span.start <= inner <= step.span.end
    ]
    return [*spans, text.span(Span(0, len(text.text.rstrip())))]


def _child_at(node: Node, offset: int, nested: list[Span]) -> Node | None:
    """The value inside of a node that a place is in; the spans of its key and entry are added."""
    if isinstance(node, MappingNode):
        for name, value in node.values.items():
            key = node.keys[name]
            if key.source is node.source and value.source is node.source:
                end = max(content_end(value), key.end)
                if key.start <= offset <= end:
                    nested.append(Span(key.start, end))
                    if offset <= key.end:
                        nested.append(Span(key.start, key.end))
                        return None
                    return value
    elif isinstance(node, SequenceNode):
        return next((item for item in node.items if item.start <= offset <= content_end(item)), None)
    return None
