"""CSV text → records, with numbers and flags where a whole column has them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


def records(text: str) -> list[tuple[int, dict[str, Any]]]:
    """Line and record of each line after the head; an empty cell is null. Raises ValueError for what is no table."""
    delimiter = max(",;\t|", key=text.partition("\n")[0].count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise ValueError(str(error)) from None
    for line, row in rows:
        if None in row:
            raise ValueError(f"line {line} has more cells than the head")
    readers = {name: _reader([row[name] for _, row in rows]) for name in reader.fieldnames or ()}
    return [
        (line, {name: read(row[name]) if row[name] else None for name, read in readers.items()}) for line, row in rows
    ]


def _reader(cells: list[str | None]) -> Callable[[str], Any]:
    """How the cells of one column are read: alike."""
    filled = [cell for cell in cells if cell]
    if filled and all(_NUMBER.fullmatch(cell) for cell in filled):
        return json.loads
    if filled and all(cell.lower() in {"true", "false"} for cell in filled):
        return lambda cell: cell.lower() == "true"
    return str
