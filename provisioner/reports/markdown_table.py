"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table; texts of cells must be Markdown already, see `markdown_cell`."""
    head_line = "|" + "".join(f" {name} |" if name else " |" for name in head)
    return [head_line, "|" + " --- |" * len(head), *(f"| {' | '.join(cells)} |" for cells in rows)]


def markdown_cell(text: str) -> str:
    """Text in which neither a bar nor a line break ends the cell."""
    return text.replace("|", "\\|").replace("\n", " ")
