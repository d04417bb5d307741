"""YAML text → a tree of nodes with positions; duplicate keys, merge keys, tags and bombs are refused in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml as pyyaml

from provisioner.diagnostics import Diagnostic
from provisioner.load.yaml.nodes import Mapping, Node, Scalar, Sequence, describe, repeat
from provisioner.load.yaml.parser_hints import hint
from provisioner.load.yaml.scalars import resolve
from provisioner.load.yaml.source_text import Source

DEEPEST = 100
"""Levels of nesting in one file."""
MOST_VALUES = 1_000_000
"""Values in one file, those that aliases repeat counted each time."""
MOST_REPEATED = 100_000
"""Values in one file that may come from aliases."""

_Parser: Any = getattr(pyyaml, "CSafeLoader", pyyaml.SafeLoader)

_PROPERTIES = re.compile(r"(?:[&!]\S*(?:\s+(?:#[^\n]*\n\s*)*|$))*")

# YAML 1.1 takes these for line breaks, YAML 1.2 does not: they hide behind private characters while the parser runs.
_BREAKS = "\x85\u2028\u2029"


class _Stop(Exception):
    """The rest of the file cannot be read."""


class _Frame:
    """A collection under construction; `key` is the one that waits for its value, `unfit` that it must be left out."""

    __slots__ = ("anchor", "key", "node", "unfit", "values")

    def __init__(self, node: Mapping | Sequence, anchor: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.key: Scalar | None = None
        self.unfit = False
        self.values = 1


def compose(source: Source) -> tuple[Node | None, list[Diagnostic]]:
    """The root of the text, None where nothing could be made of it, and all that is wrong with its form."""
    composer = _Composer(source)
    try:
        composer.run()
    except _Stop:
        return None, composer.diagnostics
    return composer.root, composer.diagnostics


class _Composer:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []
        self.root: Node | None = None
        self.stack: list[_Frame] = []
        self.anchors: dict[str, tuple[Node | None, int]] = {}
        self.repeated = 0
        self.documents = 0
        self.hidden: dict[int, int] = {}

    def run(self) -> None:
        """Take every event of the text."""
        take = {
            pyyaml.ScalarEvent: self.scalar,
            pyyaml.MappingStartEvent: self.open,
            pyyaml.SequenceStartEvent: self.open,
            pyyaml.MappingEndEvent: self.close,
            pyyaml.SequenceEndEvent: self.close,
            pyyaml.AliasEvent: self.alias,
            pyyaml.DocumentStartEvent: self.document,
        }
        for event in self.events():
            handle = take.get(type(event))
            if handle is not None:
                handle(event)

    def events(self) -> Iterator[Any]:
        """The parser's events; its complaint becomes one of ours."""
        parser = _Parser(self.hide(self.source.text))
        try:
            while not isinstance(event := parser.get_event(), pyyaml.StreamEndEvent):
                yield event
        except pyyaml.MarkedYAMLError as error:
            self.complain(error)
        except pyyaml.YAMLError as error:
            self.stop("YAML001", f"this is not YAML: {error}", 0, 1, "check quotes, indentation and colons")
        finally:
            parser.dispose()

    def hide(self, text: str) -> str:
        """The text without the characters that YAML 1.1 wrongly takes for line breaks."""
        found = [each for each in _BREAKS if each in text]
        if not found:
            return text
        free = (code for code in range(0xE000, 0xF8FF) if chr(code) not in text)
        self.hidden = {next(free): ord(each) for each in found}
        return text.translate({there: here for here, there in self.hidden.items()})

    def complain(self, error: pyyaml.MarkedYAMLError) -> None:
        """One remark for the place where the parser gave up."""
        mark = error.problem_mark or error.context_mark
        at = min(mark.index if mark else 0, len(self.source.text))
        line = self.source.text[self.source.line_start(at) : self.source.line_end(at)]
        tab = line.find("\t", 0, len(line) - len(line.lstrip()))
        if self.source.text[at : at + 1] == "\t" or (tab >= 0 and "tab" in str(error.problem)):
            start = at if self.source.text[at : at + 1] == "\t" else self.source.line_start(at) + tab
            self.stop("YAML002", "a tab stands where YAML allows only spaces", start, start + 1, "indent with spaces")
        context = f" {error.context}" if error.context else ""
        self.stop("YAML001", f"this is not YAML: {error.problem}{context}", at, at + 1, hint(error))

    def document(self, event: Any) -> None:
        """Only one document to a file."""
        self.documents += 1
        if self.documents > 1:
            at = event.start_mark.index
            self.stop(
                "YAML010", "a second document starts here", at, at + 3, "one file holds one document; use `include`"
            )

    def scalar(self, event: Any) -> None:
        """A text, number, flag or null."""
        start, end = event.start_mark.index, event.end_mark.index
        text = event.value.translate(self.hidden) if self.hidden else event.value
        style = event.style or ""
        if event.tag is not None:
            self.tagged(start)
        if event.tag is not None or event.anchor:
            start = self.content(start, end)
        node = Scalar(self.source, start, end, text, value=text if style or event.tag else resolve(text), style=style)
        if event.anchor:
            self.anchors[event.anchor] = (node, 1)
        self.add(node, 1)

    def open(self, event: Any) -> None:
        """A mapping or a list begins."""
        start = event.start_mark.index
        if event.tag is not None:
            self.tagged(start)
        if event.tag is not None or event.anchor:
            start = self.content(start, len(self.source.text))
        if len(self.stack) >= DEEPEST:
            self.stop("YAML006", f"more than {DEEPEST} levels of nesting", start, start + 1, "flatten the value")
        kind = Mapping if isinstance(event, pyyaml.MappingStartEvent) else Sequence
        if event.anchor:
            self.anchors[event.anchor] = (None, 0)
        self.stack.append(_Frame(kind(self.source, start, start, flow=bool(event.flow_style)), event.anchor))

    def close(self, event: Any) -> None:
        """The innermost mapping or list ends."""
        frame = self.stack.pop()
        frame.node.end = event.end_mark.index
        if frame.anchor:
            self.anchors[frame.anchor] = (frame.node, frame.values)
        self.add(frame.node, frame.values)

    def alias(self, event: Any) -> None:
        """An earlier value again."""
        start, end = event.start_mark.index, event.end_mark.index
        if event.anchor not in self.anchors:
            self.stop(
                "YAML009",
                f"the alias *{event.anchor} has no anchor before it",
                start,
                end,
                f"write `&{event.anchor}` where the value stands",
            )
        node, values = self.anchors[event.anchor]
        if node is None:
            self.stop("YAML009", f"the alias *{event.anchor} stands inside its own anchor", start, end, "write it out")
        assert node is not None
        self.repeated += values
        if self.repeated > MOST_REPEATED:
            words = f"aliases repeat more than {MOST_REPEATED:,} values"
            self.stop("YAML006", words, start, end, "write the values out, or repeat smaller ones")
        self.add(repeat(node, start, end), values)

    def add(self, node: Node, values: int) -> None:
        """Hang a finished node where it belongs: the root, a list, a key, or the key's value."""
        if not self.stack:
            self.root = node
            return
        frame = self.stack[-1]
        frame.values += values
        if frame.values > MOST_VALUES:
            self.stop(
                "YAML006", f"more than {MOST_VALUES:,} values in one file", node.start, node.end, "split the file"
            )
        if isinstance(frame.node, Sequence):
            frame.node.items.append(node)
        elif frame.key is None:
            frame.key, frame.unfit = self.key(node, frame.node)
        else:
            if not frame.unfit:
                frame.node.put(frame.key.text, frame.key, node)
            frame.key = None

    def key(self, node: Node, mapping: Mapping) -> tuple[Scalar, bool]:
        """The node as a key, and whether its entry must be left out because something is wrong with it."""
        if not isinstance(node, Scalar):
            self.say("YAML008", f"{describe(node)} is no key", node.start, node.start + 1, "keys are text")
            return Scalar(self.source, node.start, node.end, "", value="", style=""), True
        if node.text == "<<" and not node.style:
            self.say(
                "YAML007",
                "merge keys (<<) are not taken",
                node.start,
                node.end,
                "lay values over each other with `environments`, or write them out",
            )
            return node, True
        if not isinstance(node.value, str):
            self.say(
                "YAML008",
                f"a key must be text, and this is {describe(node)}",
                node.start,
                node.end,
                f'quote it: "{node.text}"',
            )
            return node, True
        if (first := mapping.keys.get(node.text)) is not None:
            line = self.source.position(first.start)[0]
            self.say(
                "YAML003",
                f"the key {node.text!r} stands here twice",
                node.start,
                node.end,
                f"the first is on line {line}; remove one of them",
            )
            return node, True
        return node, False

    def content(self, start: int, end: int) -> int:
        """Where a value starts behind its anchor and its tag."""
        match = _PROPERTIES.match(self.source.text, start, end)
        return match.end() if match else start

    def tagged(self, start: int) -> None:
        """Tags change what a value means behind the reader's back."""
        start = self.source.text.index("!", start)
        word = self.source.text[start:].split(None, 1)[0]
        self.say(
            "YAML007",
            f"tags are not taken: {word}",
            start,
            start + len(word),
            "remove it; quote the value where it should be text",
        )

    def say(self, code: str, message: str, start: int, end: int, hint: str) -> None:
        """Keep a remark and go on."""
        self.diagnostics.append(
            Diagnostic(code, "error", message, self.source.span(start, end), self.source.place(start, end), hint)
        )

    def stop(self, code: str, message: str, start: int, end: int, hint: str) -> None:
        """Keep a remark; nothing after it can be read."""
        self.say(code, message, start, end, hint)
        raise _Stop
