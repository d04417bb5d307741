"""Foreign text in Markdown: as code, in which nothing is a mark, a mention or a tag; and sections that fold."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BACKTICKS = re.compile("`+")


def code_span(text: str) -> str:
    """Text as code within a line, for a table's cell too: neither a backtick nor a bar nor a line break ends it."""
    # Within a table a bar ends the cell even in code; the backslash before it is not shown.
    line = " ".join(text.split("\n")).replace("|", "\\|")
    fence = "`" * (_longest_backticks(line) + 1)
    # A space beside a backtick belongs to the fence and is not shown.
    pad = " " if line.startswith("`") or line.endswith("`") or not line.strip() else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def code_block(lines: Iterable[str], language: str = "") -> list[str]:
    """Lines as a block of code, with a fence that no line of them can close."""
    lines = list(lines)
    fence = "`" * max(3, _longest_backticks("\n".join(lines)) + 1)
    return [f"{fence}{language}", *lines, fence]


def folded(summary: str, lines: Iterable[str]) -> list[str]:
    """A section that is closed until its summary is clicked; the summary must be Markdown without code already."""
    return [f"<details><summary>{summary}</summary>", "", *lines, "", "</details>"]


def _longest_backticks(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)
