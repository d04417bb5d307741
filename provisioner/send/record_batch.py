"""Lines of JSON that are read at once, where nothing in them asks for a closer look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from provisioner.send.json_records import SPACES, parse_record
from provisioner.send.raw_record import RawRecord

BATCH_RECORDS = 1000
"""Lines that are read at once: one that asks for a closer look sends all of them there."""
_NAME_END = '":'
_SPACE_BEFORE_COLON = re.compile(r'"[ \t\r]+:')
_LONG_NUMBER = re.compile(r"[0-9]{19}")


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """Objects with the numbers from `first` on, and the texts to send for them, spaces around some included.

    A number beyond 64 bits is a float among the values, whatever its text says: see `has_long_number`.
    """

    first: int
    texts: Sequence[str]
    values: Sequence[dict[str, Any]]

    @property
    def last(self) -> int:
        """The number of the last record."""
        return self.first + len(self.texts) - 1

    def has_long_number(self) -> bool:
        """Whether a number may stand in the texts that is not among the values as it was written."""
        return any(map(_LONG_NUMBER.search, self.texts))

    def records(self) -> Iterator[RawRecord]:
        """The records one by one, each parsed again, and exactly."""
        return (parse_record(text.strip(SPACES), number) for number, text in enumerate(self.texts, self.first))


def read_batch(texts: Sequence[str], first: int) -> RecordBatch | None:
    """The texts as objects; None where one of them is none, or must be looked at alone to be sure of it."""
    try:
        values = list(map(orjson.loads, texts))
    except orjson.JSONDecodeError:
        return None
    if set(map(type, values)) - {dict} or _may_repeat_a_name(texts, values):
        return None
    return RecordBatch(first, texts, values)


def _may_repeat_a_name(texts: Sequence[str], values: Sequence[dict[str, Any]]) -> bool:
    """Whether a member may stand twice in an object: this parser keeps the last one without a word."""
    joined = "\n".join(texts)
    # A quote and a colon end each name, and may stand inside of texts as well: never fewer than there are names.
    if _may_have_spaced_colon(joined) and _SPACE_BEFORE_COLON.search(joined):
        return True
    name_ends = joined.count(_NAME_END)
    return name_ends != sum(map(len, values)) and name_ends != sum(map(_count_names, values))


def _may_have_spaced_colon(text: str) -> bool:
    # The search for one character is many times as fast as for two, and tabs are rare.
    return " :" in text or "\t" in text or "\r" in text


def _count_names(value: Any) -> int:
    """The members of an object and of all that is nested in it."""
    if isinstance(value, dict):
        return len(value) + sum(_count_names(item) for item in value.values() if isinstance(item, (dict, list)))
    return sum(_count_names(item) for item in value if isinstance(item, (dict, list)))
