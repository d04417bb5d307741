"""CSV text → records, with numbers and flags where a whole column has them."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from typing import Any

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


def records(text: str) -> list[dict[str, Any]]:
    """One record for each line after the head; an empty cell is null. Raises ValueError for a line that is too long."""
    delimiter = max(",;\t|", key=text.partition("\n")[0].count)
    reader = csv.DictReader(text.splitlines(), delimiter=delimiter)
    rows = list(reader)
    for row in rows:
        if None in row:
            raise ValueError(f"a line has more cells than the head: {row[None]}")
    readers = {name: _reader([row[name] for row in rows]) for name in reader.fieldnames or ()}
    return [{name: read(row[name]) if row[name] else None for name, read in readers.items()} for row in rows]


def _reader(cells: list[str | None]) -> Callable[[str], Any]:
    """How the cells of one column are read: alike."""
    filled = [cell for cell in cells if cell]
    if filled and all(_NUMBER.fullmatch(cell) for cell in filled):
        return json.loads
    if filled and all(cell.lower() in {"true", "false"} for cell in filled):
        return lambda cell: cell.lower() == "true"
    return str
