"""Comments that suppress findings: `# provisioner: ignore NAM003 reason` in YAML, after `//` in KQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from provisioner.diagnostics import Diagnostic
from provisioner.load.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from provisioner.validate.name_matching import compiled_pattern

if TYPE_CHECKING:
    from provisioner.load import Document

_COMMENT = r".*?(?:#|//)\s*provisioner:\s*ignore\s+(?P<codes>[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)"


def find_suppressions(document: Document) -> dict[tuple[str, int], frozenset[str]]:
    """The suppressed codes by file and line number.

    A comment at the end of a line suppresses on that line, one on a line of its own on the next line of source. Where
    a folded or quoted text begins on that line, it suppresses on all of its lines: inside there is no comment.
    """
    codes_of_line: dict[tuple[str, int], frozenset[str]] = {}
    for source in document.sources:
        if "provisioner:" in source.text:
            lines = re.split(r"\r\n|\r|\n", source.text)
            for number, codes in _comment_targets(lines):
                key = (source.name, number)
                codes_of_line[key] = codes_of_line.get(key, frozenset()) | codes
    if codes_of_line:
        for node in _scalars(document.source_map.root if document.source_map else None):
            if node.style not in _STYLES_WITH_COMMENTS and node.style != "*":
                _extend_over(node, codes_of_line)
    return codes_of_line


_STYLES_WITH_COMMENTS = frozenset({"|", "file"})
"""Texts that keep their lines, so that a comment of KQL can stand in them."""


def _scalars(node: Node | None) -> Iterator[ScalarNode]:
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, MappingNode):
        for value in node.values.values():
            yield from _scalars(value)
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from _scalars(item)


def _extend_over(node: ScalarNode, codes_of_line: dict[tuple[str, int], frozenset[str]]) -> None:
    """Let what is suppressed on the first line of a text be so on its other lines."""
    # Most texts have one line, and their lines are not counted.
    if "\n" not in node.source.text[node.start : node.end]:
        return
    first, last = node.source.line_and_column(node.start)[0], node.source.line_and_column(node.end)[0]
    codes = codes_of_line.get((node.source.name, first), frozenset())
    for line in range(first + 1, last + 1) if codes else ():
        key = (node.source.name, line)
        codes_of_line[key] = codes_of_line.get(key, frozenset()) | codes


def is_suppressed(diagnostic: Diagnostic, silenced: dict[tuple[str, int], frozenset[str]]) -> bool:
    """Whether a comment suppresses this finding; `silenced` is what `find_suppressions` returns."""
    position = diagnostic.place
    return position is not None and diagnostic.code in silenced.get((position.file, position.line), ())


def _comment_targets(lines: list[str]) -> Iterable[tuple[int, frozenset[str]]]:
    for index, line in enumerate(lines):
        match = compiled_pattern(_COMMENT).match(line)
        if match:
            target = index
            while not lines[target].strip() or lines[target].lstrip().startswith(("#", "//")):
                target += 1
                if target == len(lines):
                    break
            yield target + 1, frozenset(re.split(r"\s*,\s*", match["codes"]))
