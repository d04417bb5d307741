"""Where records come from: a file, standard input, or a program's own mappings."""

from __future__ import annotations

import datetime as dt
import json
import math
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol

import orjson

from provisioner.send.input_blocks import Input, InputBlocks
from provisioner.send.raw_record import OpenOversize, RawRecord
from provisioner.send.record_batch import BATCH_RECORDS, RecordBatch, read_batch
from provisioner.send.record_formats import InputFormat, format_of_name, read_records


class RecordSource(Protocol):
    """A named source of records."""

    @property
    def name(self) -> str:
        """The name that messages and dead letters use."""

    @property
    def read_bytes(self) -> int:
        """Bytes read so far."""

    def records(
        self, columns: Mapping[str, str], open_oversize: OpenOversize
    ) -> Iterator[RawRecord | RecordBatch | None]:
        """The records for a stream's columns, None where the source pauses. Raises BrokenInput."""

    def notes(self) -> list[str]:
        """What is to be said of the source after it was read."""


class FileSource:
    """A file or standard input, in a format that is named or seen."""

    def __init__(self, source: Input, input_format: InputFormat | None = None) -> None:
        self.input = source
        self.name = source.name
        self._format = input_format or format_of_name(source.name)
        self._blocks = InputBlocks(source)
        self._size_at_start: int | None = None

    @property
    def read_bytes(self) -> int:
        """Bytes of the file read so far, as they stand on the disk."""
        return self._blocks.read_bytes

    def records(
        self, columns: Mapping[str, str], open_oversize: OpenOversize
    ) -> Iterator[RawRecord | RecordBatch | None]:
        """See RecordSource."""
        self._size_at_start = self.input.size
        return read_records(self._blocks, self._format, columns, open_oversize)

    def notes(self) -> list[str]:
        """A file that has grown or shrunk while it was read."""
        if self._size_at_start is None or self.read_bytes == self._size_at_start:
            return []
        change = "grew" if self.read_bytes > self._size_at_start else "shrank, or could not be read to its end"
        return [
            f"{self.name} {change} while it was read: {self._size_at_start:,} bytes at first, {self.read_bytes:,} read"
        ]


class MappingSource:
    """Records that a program has: mappings of JSON values; times and UUIDs become text."""

    def __init__(self, records: Iterable[Mapping[str, Any]]) -> None:
        self.name = "records"
        self.read_bytes = 0
        self._records = records

    def records(
        self,
        columns: Mapping[str, str],  # noqa: ARG002 - what files need
        open_oversize: OpenOversize,  # noqa: ARG002 - what files need
    ) -> Iterator[RawRecord | RecordBatch | None]:
        """See RecordSource."""
        records, number = iter(self._records), 1
        while group := list(islice(records, BATCH_RECORDS)):
            batch = _batch_of(group, number)
            for record in (batch,) if batch is not None else _one_by_one(group, number):
                self.read_bytes += sum(map(len, record.texts)) if isinstance(record, RecordBatch) else len(record.text)
                yield record
            number += len(group)

    def notes(self) -> list[str]:
        """There is nothing to say."""
        return []


def _batch_of(group: Sequence[Any], first: int) -> RecordBatch | None:
    """Records as a batch; None where one of them must be looked at alone."""
    try:
        texts = [orjson.dumps(value, option=orjson.OPT_PASSTHROUGH_DATACLASS).decode() for value in group]
    except TypeError:
        return None
    # This writer makes null of what JSON lacks.
    if any("null" in text and _has_no_json(value) for text, value in zip(texts, group, strict=True)):
        return None
    return read_batch(texts, first)


def _has_no_json(value: Any) -> bool:
    """Whether a number stands in a value that is none, or endless."""
    if isinstance(value, float):
        return not math.isfinite(value)
    if isinstance(value, Mapping):
        return any(map(_has_no_json, value.values()))
    return isinstance(value, (list, tuple)) and any(map(_has_no_json, value))


def _one_by_one(group: Sequence[Any], first: int) -> Iterator[RawRecord]:
    return (_from_mapping(value, number) for number, value in enumerate(group, first))


def _from_mapping(value: Any, number: int) -> RawRecord:
    # The checks compare classes: a mapping of another class would be taken for no object.
    plain = value if value.__class__ is dict or not isinstance(value, Mapping) else dict(value)
    try:
        text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_as_text)
        text.encode()
    except (ValueError, TypeError, RecursionError) as error:
        return RawRecord(
            number, "", problem=f"JSON cannot say it: {error}", content=repr(plain).encode(errors="replace")
        )
    return RawRecord(number, text, plain)


def _as_text(value: Any) -> str:
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(f"a {type(value).__name__} is no JSON value")
