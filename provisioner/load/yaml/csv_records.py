"""CSV text → records, with numbers and flags where a whole column has them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

# At most 18 digits: more would lose precision in tools that read JSON numbers as doubles or 64-bit integers.
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


def parse_csv(text: str) -> list[tuple[int, dict[str, Any]]]:
    """Line number and record of each row after the header; an empty cell is null.

    The separator is the commonest of `, ; tab |` in the header. Raises ValueError for what is no table.
    """
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=csv_delimiter(text))
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise ValueError(str(error)) from None
    # DictReader puts surplus cells under the key None.
    for line, row in rows:
        if None in row:
            raise ValueError(f"line {line} has more cells than the head")
    readers = {name: _cell_reader([row[name] for _, row in rows]) for name in reader.fieldnames or ()}
    return [
        (line, {name: read(row[name]) if row[name] else None for name, read in readers.items()}) for line, row in rows
    ]


def csv_delimiter(text: str) -> str:
    """The commonest of the separators in the head of a table."""
    return max(",;\t|", key=text.partition("\n")[0].count)


def _cell_reader(cells: list[str | None]) -> Callable[[str], Any]:
    """How the cells of one column are read: as numbers or booleans where all of them are, else as text."""
    filled = [cell for cell in cells if cell]
    if filled and all(_NUMBER.fullmatch(cell) for cell in filled):
        return json.loads
    if filled and all(cell.lower() in {"true", "false"} for cell in filled):
        return lambda cell: cell.lower() == "true"
    return str
