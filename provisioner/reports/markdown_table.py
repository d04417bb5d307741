"""Tables in Markdown."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table; texts of cells must be Markdown already, see `markdown_cell`."""
    head_line = "|" + "".join(f" {name} |" if name else " |" for name in head)
    return [head_line, "|" + " --- |" * len(head), *(f"| {' | '.join(cells)} |" for cells in rows)]


def markdown_cell(text: str) -> str:
    """Text that shows as it is: no mark, tag, mention or link in it counts, and nothing ends the cell.

    Within a line of prose it may stand too.
    """
    escaped = html.escape(" ".join(text.split("\n")), quote=False)
    escaped = _MARKS.sub(r"\\\g<0>", escaped)
    # Services look for mentions, references and addresses in the text of the page: an element within breaks them up.
    return _LINKING.sub(r"<span>\g<0></span>", escaped)


# An underscore within a word is none of a mark. Source: https://github.github.com/gfm/#emphasis-and-strong-emphasis
_MARKS = re.compile(r"[\\`*\[\]|]|(?<!\w)_|_(?!\w)|~(?=~)")
# Source: https://docs.github.com/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
_LINKING = re.compile(r"@|#(?=\d)|!(?=\d)|:(?=//)|(?<=\bwww)\.")
