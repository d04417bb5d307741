"""Which format an input has, by its name or its first bytes, and the reader for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import PurePath
from typing import Literal, get_args

from provisioner.send.csv_rows import read_csv_rows
from provisioner.send.json_lines import read_json_lines
from provisioner.send.json_records import JsonValueReader, text_pieces
from provisioner.send.raw_record import BrokenInput, OpenOversize, RawRecord
from provisioner.send.record_batch import RecordBatch
from provisioner.send.yaml_records import read_yaml_records

InputFormat = Literal["json", "ndjson", "csv", "yaml"]
INPUT_FORMATS: tuple[InputFormat, ...] = get_args(InputFormat)
_BY_SUFFIX: Mapping[str, InputFormat] = {
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".yaml": "yaml",
    ".yml": "yaml",
}


def format_of_name(name: str) -> InputFormat | None:
    """The format that a file's name says, without the ending of a compressed file; None where it says none."""
    path = PurePath(name.lower())
    return _BY_SUFFIX.get(PurePath(path.stem).suffix if path.suffix in (".gz", ".gzip") else path.suffix)


def read_records(
    blocks: Iterable[bytes],
    input_format: InputFormat | None,
    columns: Mapping[str, str],
    open_oversize: OpenOversize,
) -> Iterator[RawRecord | RecordBatch | None]:
    """The records of an input of a format, None for one that is to be seen; None between them is a pause.

    `columns` are the stream's with their types, which cells of a table take. Raises BrokenInput where the input
    cannot be read on.
    """
    blocks = iter(blocks)
    if input_format == "yaml":
        return read_yaml_records(blocks)
    if input_format == "csv":
        return read_csv_rows(text_pieces(blocks), columns)
    if input_format == "ndjson":
        return read_json_lines(text_pieces(blocks), open_oversize)
    return _read_json(blocks, open_oversize, is_said=input_format == "json")


def _read_json(blocks: Iterator[bytes], open_oversize: OpenOversize, *, is_said: bool) -> Iterator[RawRecord | None]:
    head = b""
    for block in blocks:
        if not block:
            yield None
        head += block
        if head.strip():
            break
    if not is_said and head.strip() and head.lstrip()[:1] not in b"[{":
        raise BrokenInput("its format cannot be seen: name it with --input-format json, ndjson, csv or yaml")
    yield from JsonValueReader(text_pieces(chain([head], blocks)), open_oversize)
