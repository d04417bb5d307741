"""A small table in text, in which the lines that differ are marked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from provisioner.reports.ansi_styles import painter
from provisioner.transforms.row_compare import ABSENT

CELL_WIDTH = 60
"""Characters of a value in a table for people; with `-v` it is whole."""
_TRAILING_ZEROS = re.compile(r"(\d\d:\d\d:\d\d)(?:\.0+|(\.\d*?)0+)Z$")

TableLine = tuple[bool, Sequence[str]]
"""Whether the line is as expected, and the texts of its cells."""


def trim_time(text: str) -> str:
    """A time without trailing zeros in its fraction; any other text unchanged."""
    return _TRAILING_ZEROS.sub(lambda match: f"{match[1]}{match[2] or ''}Z", text)


def format_cell(value: Any, width: int | None = CELL_WIDTH) -> str:
    """A JSON value as text of limited width, without quotes where it cannot be taken for another value.

    Without a width it is whole.
    """
    if value is ABSENT:
        return "(no such column)"
    # Shortened first: a value may have megabytes, and the table shows a line of it.
    if isinstance(value, str) and width is not None and len(value) > width * 4:
        value = value[: width * 4]
    if isinstance(value, str) and value and value == value.strip() and not _reads_as_json(value):
        text = trim_time(value).replace("\n", "⏎").replace("\t", "⇥")
    else:
        text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
    return text if width is None or len(text) <= width else f"{text[: width - 1]}…"


def format_pair(expected: Any, actual: Any, *, whole: bool = False) -> tuple[str, str]:
    """Two values of one cell, cut to the table's width unless `whole`."""
    width = None if whole else CELL_WIDTH
    return format_cell(expected, width), format_cell(actual, width)


def format_difference(expected: Any, actual: Any, *, whole: bool = False) -> tuple[str, str]:
    """Two differing values as texts that differ: long ones around their first difference, unless `whole`."""
    if whole:
        return format_pair(expected, actual, whole=True)
    left, right = format_cell(expected), format_cell(actual)
    if left != right or expected is ABSENT or actual is ABSENT:
        return left, right
    if not (isinstance(expected, str) and isinstance(actual, str)):
        expected, actual = format_cell(expected, width=None), format_cell(actual, width=None)
    pairs = enumerate(zip(expected, actual, strict=False))
    shorter = min(len(expected), len(actual))
    # Both are cut to the same width: around the first difference, with some text before it.
    start = max(0, next((i for i, (a, b) in pairs if a != b), shorter) - 15)
    end = start + CELL_WIDTH - 2
    return f"…{expected[start:end]}", f"…{actual[start:end]}"


def table_lines(head: Sequence[str], lines: Iterable[TableLine], indent: str, *, color: bool) -> list[str]:
    """The lines of a table with aligned columns; those that are not as expected begin with a mark."""
    paint = painter(color)
    marked = list(lines)
    first, *rest = aligned_lines([list(head), *(list(cells) for _, cells in marked)])
    rows = [
        f"{indent}  {line}" if ok else paint(f"{indent}✗ {line}", "red")
        for (ok, _), line in zip(marked, rest, strict=True)
    ]
    return [paint(f"{indent}  {first}", "dim"), *rows]


def aligned_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines of text, each column as wide as its widest cell; there must be at least one row."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, cells, widths)).rstrip() for cells in rows]


def _reads_as_json(text: str) -> bool:
    """Whether text without its quotes would look like another value: 17, true, null, [1]."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
