"""Comments that suppress findings: `# provisioner: ignore NAM003 reason` in YAML, after `//` in KQL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from provisioner.diagnostics import Diagnostic
from provisioner.validate.name_matching import compiled_pattern

if TYPE_CHECKING:
    from provisioner.load import Document

_COMMENT = r".*?(?:#|//)\s*provisioner:\s*ignore\s+(?P<codes>[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)"


def find_suppressions(document: Document) -> dict[tuple[str, int], frozenset[str]]:
    """The suppressed codes by file and line number.

    A comment at the end of a line suppresses on that line, one on a line of its own on the next line of source.
    """
    codes_of_line: dict[tuple[str, int], frozenset[str]] = {}
    for source in document.sources:
        if "provisioner:" in source.text:
            lines = re.split(r"\r\n|\r|\n", source.text)
            for number, codes in _comment_targets(lines):
                key = (source.name, number)
                codes_of_line[key] = codes_of_line.get(key, frozenset()) | codes
    return codes_of_line


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
