"""One proposal of what can be written at a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CompletionKind = Literal[
    "key", "value", "table", "stream", "dcr", "column", "function", "operator", "keyword", "variable", "snippet", "file"
]


@dataclass(frozen=True, slots=True)
class CompletionItem:
    """A proposal: `text` replaces the word at the place.

    `snippet`: `${1:name}` in the text are stops for the cursor. `rank` orders proposals, the smallest first. `detail`
    stands beside the label, `documentation` (Markdown) is shown for the chosen one.
    """

    label: str
    kind: CompletionKind
    text: str
    detail: str = ""
    documentation: str = ""
    snippet: bool = False
    rank: int = 5


def snippet_text(text: str) -> str:
    """A text with the characters escaped that mean something in a snippet."""
    return text.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}")
