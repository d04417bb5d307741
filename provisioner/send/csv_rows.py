"""Rows of a table of text (CSV, TSV) as records: each cell in the type of the stream's column of its name."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from provisioner.send.json_records import LONGEST_RECORD
from provisioner.send.raw_record import RawRecord

_INTEGER = re.compile(r"[-+]?[0-9]{1,19}")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_FLAGS = {"true": True, "false": False}
_QUOTED_BYTES = "surrogateescape"
_LINE = re.compile(r"[^\n]*\n|[^\n]+")  # not splitlines: cells may hold the other line ends of Unicode
_DELIMITERS = ",;\t|"


def _integer(cell: str) -> Any:
    return int(cell) if _INTEGER.fullmatch(cell) else cell


def _real(cell: str) -> Any:
    return float(cell) if _NUMBER.fullmatch(cell) and abs(float(cell)) != float("inf") else cell


def _flag(cell: str) -> Any:
    return _FLAGS.get(cell.lower(), cell)


def _dynamic(cell: str) -> Any:
    """A cell that is JSON as its value, any other as text."""
    try:
        return json.loads(cell, parse_constant=str)
    except (ValueError, RecursionError):
        return cell


_CELL_READERS: Mapping[str, Callable[[str], Any]] = {
    "int": _integer,
    "long": _integer,
    "real": _real,
    "boolean": _flag,
    "dynamic": _dynamic,
}
"""Column type → value of a cell; a cell that is no value of its column stays text, for the check of types to name."""


def read_csv_rows(pieces: Iterable[str], columns: Mapping[str, str]) -> Iterator[RawRecord | None]:
    """A record from each row behind the head; an empty cell is no member. None where the input pauses.

    `columns` are the stream's with their types. The separator is the commonest of `, ; tab |` in the head.
    """
    table: _Table | None = None
    for lines in _complete_lines(pieces):
        if lines is None:
            yield None
            continue
        if table is None:
            table = _Table(lines[0], columns)
            lines = lines[1:]  # noqa: PLW2901 - without the head
        yield from table.records(lines)


def _complete_lines(pieces: Iterable[str]) -> Iterator[list[str] | None]:
    """Lines with their ends, cut where no quote is open; None where the input pauses."""
    rest = ""
    waiting: list[str] = []
    is_open = False
    for piece in pieces:
        if not piece:
            yield None
            continue
        lines = _LINE.findall(rest + piece)
        # One line without an end must not grow for as long as the file is: its parts become rows, and say so.
        rest = "" if lines[-1].endswith("\n") or len(lines[-1]) > LONGEST_RECORD else lines.pop()
        for line in lines:
            is_open ^= line.count('"') % 2 == 1
        waiting += lines
        # A quote that stays open would collect the whole file: then the parser says so of one row.
        if waiting and (not is_open or sum(map(len, waiting)) > LONGEST_RECORD):
            yield waiting
            waiting, is_open = [], False
    waiting += [rest] if rest else []
    if waiting:
        yield waiting


class _Table:
    """The head of a table, and its rows as records."""

    def __init__(self, head: str, columns: Mapping[str, str]) -> None:
        # By the head alone: cells may hold any of them.
        self._delimiter = max(_DELIMITERS, key=head.count)
        self._names = [name.strip() for name in next(csv.reader([head], delimiter=self._delimiter), [])]
        repeated = sorted({name for name in self._names if self._names.count(name) > 1})
        self._head_problem = f"the head names {', '.join(repeated)} twice" if repeated else None
        self._readers = [_CELL_READERS.get(columns.get(name, ""), str) for name in self._names]
        self._number = 0

    def records(self, lines: list[str]) -> Iterator[RawRecord]:
        """The records of complete rows; a row that cannot be read does not take those behind it along."""
        position = 0
        while position < len(lines):
            reader = csv.reader(lines[position:], delimiter=self._delimiter)
            start = position
            try:
                for cells in reader:
                    row_start, position = position, start + reader.line_num
                    if cells:
                        self._number += 1
                        yield self._record(cells, lines[row_start:position])
            except csv.Error as error:
                row_start, position = position, max(start + reader.line_num, position + 1)
                self._number += 1
                yield self._unreadable(f"it is not CSV: {error}", lines[row_start:position])
            else:
                return

    def _record(self, cells: list[str], lines: list[str]) -> RawRecord:
        if self._head_problem:
            return self._unreadable(self._head_problem, lines)
        if len(cells) != len(self._names):
            return self._unreadable(f"it has {len(cells)} cells, and the head has {len(self._names)}", lines)
        value = {name: read(cell) for name, read, cell in zip(self._names, self._readers, cells, strict=True) if cell}
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        try:
            text.encode()
        except UnicodeEncodeError:
            return self._unreadable("it is not UTF-8", lines)
        return RawRecord(self._number, text, value)

    def _unreadable(self, problem: str, lines: list[str]) -> RawRecord:
        content = "".join(lines).encode(errors=_QUOTED_BYTES)
        return RawRecord(self._number, "", problem=problem, content=content)
