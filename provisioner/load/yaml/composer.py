"""YAML text → a tree of nodes with positions; duplicate keys, merge keys, tags and alias bombs are errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml as pyyaml

from provisioner.diagnostics import Diagnostic
from provisioner.load.yaml.node_diagnostics import node_diagnostic
from provisioner.load.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode, alias_node, describe_node
from provisioner.load.yaml.parser_hints import parser_hint
from provisioner.load.yaml.scalars import resolve_scalar
from provisioner.load.yaml.source_text import SourceText

MAX_DEPTH = 100
"""Levels of nesting in one file."""
MAX_VALUES = 1_000_000
"""Values in one file, those that aliases repeat counted each time."""
MAX_ALIASED_VALUES = 100_000
"""Values in one file that may come from aliases."""

_Parser: Any = getattr(pyyaml, "CSafeLoader", pyyaml.SafeLoader)

_ANCHOR_AND_TAG = re.compile(r"(?:[&!]\S*(?:\s+(?:#[^\n]*\n\s*)*|$))*")

# libyaml follows YAML 1.1 and takes these for line breaks, YAML 1.2 does not: private characters replace them while
# the parser runs. Source: https://yaml.org/spec/1.2.2/#54-line-break-characters
_YAML_1_1_LINE_BREAKS = "\x85\u2028\u2029"


class _StopComposing(Exception):
    """The rest of the file cannot be read."""


class _OpenCollection:
    """A mapping or list under construction.

    `key` waits for its value, `skip_entry` leaves that value out, `values` counts what the collection holds.
    """

    __slots__ = ("anchor", "key", "node", "skip_entry", "values")

    def __init__(self, node: MappingNode | SequenceNode, anchor: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.key: ScalarNode | None = None
        self.skip_entry = False
        self.values = 1


def compose_yaml(source: SourceText) -> tuple[Node | None, list[Diagnostic]]:
    """The root node of the text, and the diagnostics of its YAML.

    The root is None where the text is empty or cannot be parsed to its end.
    """
    composer = _Composer(source)
    try:
        composer.run()
    except _StopComposing:
        return None, composer.diagnostics
    return composer.root, composer.diagnostics


class _Composer:
    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []
        self.root: Node | None = None
        self.open_collections: list[_OpenCollection] = []
        self.anchors: dict[str, tuple[Node | None, int]] = {}
        self.aliased_values = 0
        self.document_count = 0
        self.hidden_line_breaks: dict[int, int] = {}

    def run(self) -> None:
        """Handle every event of the text."""
        handlers = {
            pyyaml.ScalarEvent: self.on_scalar,
            pyyaml.MappingStartEvent: self.on_collection_start,
            pyyaml.SequenceStartEvent: self.on_collection_start,
            pyyaml.MappingEndEvent: self.on_collection_end,
            pyyaml.SequenceEndEvent: self.on_collection_end,
            pyyaml.AliasEvent: self.on_alias,
            pyyaml.DocumentStartEvent: self.on_document_start,
        }
        for event in self.events():
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)

    def events(self) -> Iterator[Any]:
        """The parser's events; its exception becomes a diagnostic."""
        parser = _Parser(self.hide_line_breaks(self.source.text))
        try:
            while not isinstance(event := parser.get_event(), pyyaml.StreamEndEvent):
                yield event
        except pyyaml.MarkedYAMLError as error:
            self.report_parser_error(error)
        except pyyaml.YAMLError as error:
            self.fail("YAML001", f"this is not YAML: {error}", 0, 1, "check quotes, indentation and colons")
        finally:
            parser.dispose()

    def hide_line_breaks(self, text: str) -> str:
        """The text without the characters that YAML 1.1 wrongly takes for line breaks."""
        line_breaks = [char for char in _YAML_1_1_LINE_BREAKS if char in text]
        if not line_breaks:
            return text
        unused_codes = (code for code in range(0xE000, 0xF8FF) if chr(code) not in text)
        self.hidden_line_breaks = {next(unused_codes): ord(char) for char in line_breaks}
        return text.translate({char: private for private, char in self.hidden_line_breaks.items()})

    def report_parser_error(self, error: pyyaml.MarkedYAMLError) -> None:
        """One diagnostic where the parser gave up; a tab in the indentation is named as such."""
        mark = error.problem_mark or error.context_mark
        offset = min(mark.index if mark else 0, len(self.source.text))
        line_start = self.source.line_start(offset)
        line = self.source.text[line_start : self.source.line_end(offset)]
        tab = line.find("\t", 0, len(line) - len(line.lstrip()))
        if self.source.text[offset : offset + 1] == "\t" or (tab >= 0 and "tab" in str(error.problem)):
            start = offset if self.source.text[offset : offset + 1] == "\t" else line_start + tab
            self.fail("YAML002", "a tab stands where YAML allows only spaces", start, start + 1, "indent with spaces")
        context = f" {error.context}" if error.context else ""
        self.fail("YAML001", f"this is not YAML: {error.problem}{context}", offset, offset + 1, parser_hint(error))

    def on_document_start(self, event: Any) -> None:
        """One file holds one document."""
        self.document_count += 1
        if self.document_count > 1:
            start = event.start_mark.index
            hint = "one file holds one document; use `include`"
            self.fail("YAML010", "a second document starts here", start, start + 3, hint)

    def on_scalar(self, event: Any) -> None:
        """A text, number, flag or null."""
        start, end = event.start_mark.index, event.end_mark.index
        text = event.value.translate(self.hidden_line_breaks) if self.hidden_line_breaks else event.value
        style = event.style or ""
        if event.tag is not None:
            self.refuse_tag(start)
        if event.tag is not None or event.anchor:
            start = self.content_start(start, end)
        node = ScalarNode(
            self.source, start, end, text, value=text if style or event.tag else resolve_scalar(text), style=style
        )
        if event.anchor:
            self.anchors[event.anchor] = (node, 1)
        self.attach(node, 1)

    def on_collection_start(self, event: Any) -> None:
        """A mapping or a list begins."""
        start = event.start_mark.index
        if event.tag is not None:
            self.refuse_tag(start)
        if event.tag is not None or event.anchor:
            start = self.content_start(start, len(self.source.text))
        if len(self.open_collections) >= MAX_DEPTH:
            self.fail("YAML006", f"more than {MAX_DEPTH} levels of nesting", start, start + 1, "flatten the value")
        node_class = MappingNode if isinstance(event, pyyaml.MappingStartEvent) else SequenceNode
        if event.anchor:
            # Until the collection ends its anchor has no node: an alias inside it would contain itself.
            self.anchors[event.anchor] = (None, 0)
        self.open_collections.append(
            _OpenCollection(node_class(self.source, start, start, flow=bool(event.flow_style)), event.anchor)
        )

    def on_collection_end(self, event: Any) -> None:
        """The innermost mapping or list ends."""
        collection = self.open_collections.pop()
        collection.node.end = event.end_mark.index
        if collection.anchor:
            self.anchors[collection.anchor] = (collection.node, collection.values)
        self.attach(collection.node, collection.values)

    def on_alias(self, event: Any) -> None:
        """`*name`: the value of an earlier anchor, counted with its repetitions, since nested aliases multiply."""
        start, end = event.start_mark.index, event.end_mark.index
        if event.anchor not in self.anchors:
            self.fail(
                "YAML009",
                f"the alias *{event.anchor} has no anchor before it",
                start,
                end,
                f"write `&{event.anchor}` where the value stands",
            )
        node, values = self.anchors[event.anchor]
        if node is None:
            self.fail("YAML009", f"the alias *{event.anchor} stands inside its own anchor", start, end, "write it out")
        assert node is not None
        self.aliased_values += values
        if self.aliased_values > MAX_ALIASED_VALUES:
            message = f"aliases repeat more than {MAX_ALIASED_VALUES:,} values"
            self.fail("YAML006", message, start, end, "write the values out, or repeat smaller ones")
        self.attach(alias_node(node, start, end), values)

    def attach(self, node: Node, values: int) -> None:
        """Put a finished node where it belongs: the root, a list's item, a key, or the value of the waiting key."""
        if not self.open_collections:
            self.root = node
            return
        collection = self.open_collections[-1]
        collection.values += values
        if collection.values > MAX_VALUES:
            self.fail("YAML006", f"more than {MAX_VALUES:,} values in one file", node.start, node.end, "split the file")
        if isinstance(collection.node, SequenceNode):
            collection.node.items.append(node)
        elif collection.key is None:
            collection.key, collection.skip_entry = self.check_key(node, collection.node)
        else:
            if not collection.skip_entry:
                collection.node.set_entry(collection.key.text, collection.key, node)
            collection.key = None

    def check_key(self, node: Node, mapping: MappingNode) -> tuple[ScalarNode, bool]:
        """The node as a key, and whether its entry is left out because the key is an error."""
        if not isinstance(node, ScalarNode):
            self.add_error("YAML008", f"{describe_node(node)} is no key", node.start, node.start + 1, "keys are text")
            return ScalarNode(self.source, node.start, node.end, "", value="", style=""), True
        if node.text == "<<" and not node.style:
            self.add_error(
                "YAML007",
                "merge keys (<<) are not taken",
                node.start,
                node.end,
                "lay values over each other with `environments`, or write them out",
            )
            return node, True
        if not isinstance(node.value, str):
            self.add_error(
                "YAML008",
                f"a key must be text, and this is {describe_node(node)}",
                node.start,
                node.end,
                f'quote it: "{node.text}"',
            )
            return node, True
        if (first := mapping.keys.get(node.text)) is not None:
            line = self.source.line_and_column(first.start)[0]
            message, hint = (
                f"the key {node.text!r} stands here twice",
                f"the first is on line {line}; remove one of them",
            )
            self.diagnostics.append(node_diagnostic("YAML003", message, node, hint, first=first))
            return node, True
        return node, False

    def content_start(self, start: int, end: int) -> int:
        """Where a value starts behind its anchor and its tag."""
        # The parser's mark is at the anchor or the tag; edits and diagnostics need the value itself.
        match = _ANCHOR_AND_TAG.match(self.source.text, start, end)
        return match.end() if match else start

    def refuse_tag(self, start: int) -> None:
        """Tags are an error: they change what a value means, and a reader of the manifest does not see it."""
        start = self.source.text.index("!", start)
        tag = self.source.text[start:].split(None, 1)[0]
        self.add_error(
            "YAML007",
            f"tags are not taken: {tag}",
            start,
            start + len(tag),
            "remove it; quote the value where it should be text",
        )

    def add_error(self, code: str, message: str, start: int, end: int, hint: str) -> None:
        """Collect an error and go on."""
        self.diagnostics.append(
            Diagnostic(code, "error", message, self.source.span(start, end), self.source.place(start, end), hint)
        )

    def fail(self, code: str, message: str, start: int, end: int, hint: str) -> None:
        """Collect an error and stop: nothing after it can be read."""
        self.add_error(code, message, start, end, hint)
        raise _StopComposing
