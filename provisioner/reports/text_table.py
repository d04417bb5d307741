"""A small table in text with the cells that differ marked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from provisioner.transforms.row_compare import ABSENT

_WIDEST = 60
_CODES = {"red": "31", "green": "32", "yellow": "33", "bold": "1", "dim": "2"}

Cells = tuple[bool, Sequence[str]]
"""Whether the line holds, and the texts of its cells."""


def paint(color: bool) -> Callable[[str, str], str]:
    """`paint(text, name)` in that colour, or as it is."""

    def painted(text: str, name: str) -> str:
        return f"\x1b[{_CODES[name]}m{text}\x1b[0m" if color else text

    return painted


_ZEROS = re.compile(r"(\d\d:\d\d:\d\d)(?:\.0+|(\.\d*?)0+)Z$")


def brief(text: str) -> str:
    """A time without the zeros that say nothing; any other text as it is."""
    return _ZEROS.sub(lambda match: f"{match[1]}{match[2] or ''}Z", text)


def cell(value: Any) -> str:
    """A JSON value as short text; the quotes of a string are left out where nothing can be mistaken."""
    if value is ABSENT:
        return "(no such column)"
    if isinstance(value, str) and len(value) > _WIDEST * 4:
        value = value[: _WIDEST * 4]
    if isinstance(value, str) and value and value == value.strip() and not _reads_as_json(value):
        text = brief(value).replace("\n", "⏎").replace("\t", "⇥")
    else:
        text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def apart(expected: Any, actual: Any) -> tuple[str, str]:
    """Two differing values as text that differs: long texts are shown around the first difference."""
    left, right = cell(expected), cell(actual)
    if left != right or not (isinstance(expected, str) and isinstance(actual, str)):
        return left, right
    at = next(
        (i for i, (a, b) in enumerate(zip(expected, actual, strict=False)) if a != b), min(len(expected), len(actual))
    )
    start = max(0, at - 15)
    return tuple(f"…{text[start : start + _WIDEST - 2]}" for text in (expected, actual))  # type: ignore[return-value]


def table(head: Sequence[str], lines: Iterable[Cells], indent: str, *, color: bool) -> list[str]:
    """The lines of a table; those that do not hold begin with a mark."""
    painted = paint(color)
    texts = [(ok, list(cells)) for ok, cells in lines]
    rows = [list(head), *(cells for _, cells in texts)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    out = [painted(f"{indent}  {_padded(head, widths)}", "dim")]
    for ok, cells in texts:
        line = _padded(cells, widths)
        out.append(f"{indent}  {line}" if ok else painted(f"{indent}✗ {line}", "red"))
    return out


def _padded(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(each.ljust(width) for each, width in zip(cells, widths, strict=True)).rstrip()


def _reads_as_json(text: str) -> bool:
    """Whether text without its quotes would look like another value: 17, true, null, [1]."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
