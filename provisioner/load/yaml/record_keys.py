"""Where the names of a record's columns are written in a file of samples: keys of JSON, the head of CSV."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from provisioner.diagnostics import Span
from provisioner.load.yaml.csv_records import csv_delimiter
from provisioner.load.yaml.sample_files import CSV_SUFFIXES, RecordNode, skip_space


def record_keys(record: RecordNode) -> Iterator[tuple[str, Span]]:
    """Each column of a record with the characters of its name in the file, without quotes.

    Of a table it is the head, the same for each record.
    """
    source = record.source
    if source.path.suffix.lower() in CSV_SUFFIXES:
        yield from _head_cells(source.text)
    else:
        yield from _object_keys(source.text, record.start)


def _object_keys(text: str, start: int) -> Iterator[tuple[str, Span]]:
    decoder = json.JSONDecoder()
    offset = skip_space(text, start + 1)
    while text[offset] == '"':
        key, end = decoder.raw_decode(text, offset)
        yield key, Span(offset + 1, end - 1)
        # Behind the colon the value, and behind that a comma or the end.
        _, end = decoder.raw_decode(text, skip_space(text, skip_space(text, end) + 1))
        offset = skip_space(text, end)
        if text[offset] == ",":
            offset = skip_space(text, offset + 1)


def _head_cells(text: str) -> Iterator[tuple[str, Span]]:
    delimiter = re.escape(csv_delimiter(text))
    cell = re.compile(rf'(?:"(?P<quoted>[^"\r\n]*)"|(?P<plain>[^"\r\n]*?))(?={delimiter}|[\r\n]|\Z)')
    offset = 0
    while match := cell.match(text, offset):
        name = match.lastgroup or "plain"
        yield match[name], Span(*match.span(name))
        offset = match.end()
        if re.match(delimiter, text[offset:]) is None:
            return
        offset += 1
