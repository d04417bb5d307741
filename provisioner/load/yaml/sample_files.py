"""Sample records from JSON, NDJSON and CSV files, each a node with its position in the file."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from provisioner.diagnostics import Diagnostic
from provisioner.load.yaml.nodes import Node, SequenceNode
from provisioner.load.yaml.source_text import SourceText

CSV_SUFFIXES = {".csv", ".tsv"}


class RecordNode(Node):
    """One record of a samples file; `value` is its JSON value."""

    __slots__ = ("value",)

    def __init__(self, source: SourceText, start: int, end: int, value: Any) -> None:
        super().__init__(source, start, end)
        self.value = value

    def plain(self) -> Any:
        """The record."""
        return self.value


def read_samples(source: SourceText) -> tuple[Node | None, list[Diagnostic]]:
    """The records of a file as a list of RecordNodes, None with an error where they cannot be read.

    `.csv` and `.tsv` hold a table, every other file JSON: an array of objects, one object, or one to a line.
    """
    records = SequenceNode(source, 0, len(source.text))
    if source.path.suffix.lower() in CSV_SUFFIXES:
        return _csv_records(source, records)
    try:
        for start, end, value in _json_values(source.text):
            items = _array_items(source, start) if isinstance(value, list) else [RecordNode(source, start, end, value)]
            records.items.extend(items)
    except (json.JSONDecodeError, _InvalidJson) as error:
        offset = error.pos if isinstance(error, json.JSONDecodeError) else error.offset
        return None, [
            _sample_error(source, offset, f"this is not JSON: {error.msg}", "check commas, quotes and brackets")
        ]
    except ValueError as error:
        # Python refuses integers of more than 4,300 digits (sys.set_int_max_str_digits).
        return None, [_sample_error(source, 0, f"this cannot be read: {error}", "write such a number as text")]
    except RecursionError:
        return None, [_sample_error(source, 0, "the JSON nests too deeply", "flatten the records")]
    if not records.items and not source.text.strip():
        return None, [_sample_error(source, 0, "the file holds no records", "write a JSON array of records")]
    for item in records.items:
        # Only an escape can write half a surrogate pair: the file itself is UTF-8, which has none.
        if "\\u" in source.text and not _is_encodable(item.plain()):
            return None, [
                _sample_error(source, item.start, "a text holds half a surrogate pair", "write the whole character")
            ]
        if not isinstance(item.plain(), dict):
            return None, [_sample_error(source, item.start, "a record is a JSON object", 'write {"name": value, …}')]
    return records, []


def _csv_records(source: SourceText, records: SequenceNode) -> tuple[Node | None, list[Diagnostic]]:
    # Imported late: csv costs start-up time, and few projects have such samples.
    from provisioner.load.yaml.csv_records import parse_csv

    try:
        for line, record in parse_csv(source.text):
            start = source.line_offset(line)
            records.items.append(RecordNode(source, start, source.line_end(start), record))
    except ValueError as error:
        return None, [_sample_error(source, 0, f"this is not CSV: {error}", "check separators and quotes")]
    return records, []


class _InvalidJson(Exception):
    def __init__(self, msg: str, offset: int) -> None:
        super().__init__(msg)
        self.msg = msg
        self.offset = offset


def _json_values(text: str) -> Iterator[tuple[int, int, Any]]:
    """Start, end and value of each of the JSON values that follow one another."""
    decoder = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite_number)
    offset = skip_space(text, 0)
    while offset < len(text):
        try:
            value, end = decoder.raw_decode(text, offset)
        except _InvalidJson as error:
            # The decoder's hooks get the number or constant alone, not its offset.
            raise _InvalidJson(error.msg, offset) from None
        yield offset, end, value
        offset = skip_space(text, end)


def _array_items(source: SourceText, start: int) -> list[Node]:
    """The items of the array that starts at `start`, each with its own position."""
    text, offset = source.text, skip_space(source.text, start + 1)
    decoder = json.JSONDecoder()
    items: list[Node] = []
    while text[offset] != "]":
        value, end = decoder.raw_decode(text, offset)
        items.append(RecordNode(source, offset, end, value))
        offset = skip_space(text, end)
        if text[offset] == ",":
            offset = skip_space(text, offset + 1)
    return items


def skip_space(text: str, offset: int) -> int:
    """The offset of the next character that JSON does not take for space."""
    while offset < len(text) and text[offset] in " \t\r\n":
        offset += 1
    return offset


def _refuse_constant(constant: str) -> None:
    # Python reads NaN and Infinity, JSON has neither.
    raise _InvalidJson(f"{constant} is no JSON value", 0)


def _finite_number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise _InvalidJson(f"the number {digits} is too large", 0)
    return value


def _is_encodable(value: Any) -> bool:
    """Whether UTF-8 has the value's characters: half a surrogate pair is none, and could not be sent."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _sample_error(source: SourceText, offset: int, message: str, hint: str) -> Diagnostic:
    span, place = source.span(offset, offset + 1), source.place(offset, offset + 1)
    return Diagnostic("MAN010", "error", message, span, place, hint)
