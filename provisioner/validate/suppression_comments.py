"""Comments that silence a finding: `# provisioner: ignore NAM003 reason`, in YAML; after `//` in KQL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from provisioner.diagnostics import Diagnostic
from provisioner.validate.name_matching import pattern

if TYPE_CHECKING:
    from provisioner.load import Document

_COMMENT = r".*?(?:#|//)\s*provisioner:\s*ignore\s+(?P<codes>[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)"


def suppressions(document: Document) -> dict[tuple[str, int], frozenset[str]]:
    """The codes that are silenced, by file and line.

    A comment at the end of a line speaks of that line, one on a line of its own of the next line that is no comment.
    """
    found: dict[tuple[str, int], frozenset[str]] = {}
    for source in document.sources:
        if "provisioner:" in source.text:
            lines = re.split(r"\r\n|\r|\n", source.text)
            for number, codes in _comments(lines):
                key = (source.name, number)
                found[key] = found.get(key, frozenset()) | codes
    return found


def suppressed(diagnostic: Diagnostic, silenced: dict[tuple[str, int], frozenset[str]]) -> bool:
    """Whether a comment silences this finding."""
    place = diagnostic.place
    return place is not None and diagnostic.code in silenced.get((place.file, place.line), ())


def _comments(lines: list[str]) -> Iterable[tuple[int, frozenset[str]]]:
    for index, line in enumerate(lines):
        match = pattern(_COMMENT).match(line)
        if match:
            target = index
            while not lines[target].strip() or lines[target].lstrip().startswith(("#", "//")):
                target += 1
                if target == len(lines):
                    break
            yield target + 1, frozenset(re.split(r"\s*,\s*", match["codes"]))
