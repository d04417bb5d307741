"""Records made for a transform: a value at every path that it reads, of the type and content that it asks for."""

from __future__ import annotations

import copy
import datetime as dt
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from provisioner.verify.synthetic_records import SyntheticRecord, synthetic_record
from provisioner.verify.value_paths import JSON_TEXT, Delimiter, PathStep, ReadValue, ValuePath

_NUMBERS: Mapping[str, Any] = {
    "toint": 17,
    "tolong": 17,
    "toreal": 9.5,
    "todouble": 9.5,
    "todecimal": 9.5,
    "tobool": True,
}
# Units of time in a second, by the function that reads the number.
_EPOCH_UNITS = {
    "unixtime_seconds_todatetime": 1,
    "unixtime_milliseconds_todatetime": 1_000,
    "unixtime_microseconds_todatetime": 1_000_000,
    "unixtime_nanoseconds_todatetime": 1_000_000_000,
}
_MAX_CANDIDATES = 12
"""Values tried at one path; a list of hundreds of allowed values is passed by any of them."""


class RecordBuilder:
    """Builds records of one stream from what is known of the values that its transform reads."""

    def __init__(
        self, base: SyntheticRecord, columns: Mapping[str, str], reads: Mapping[ValuePath, ReadValue], now: dt.datetime
    ) -> None:
        self._base, self._columns, self._now = base, columns, now
        leaves = [path for path in reads if not any(_is_inside(other, path) for other in reads)]
        self._candidates = {path: list(self._values_for(path, reads[path])) for path in leaves}
        self._lengths = {path: max(read.lengths) for path, read in reads.items() if read.lengths}

    def records(self) -> Iterator[SyntheticRecord]:
        """The record with the first candidate everywhere, then with another one at one path, then at two."""
        first = {path: values[0] for path, values in self._candidates.items() if values}
        yield self._build(first)
        if self._lengths:
            yield self._build(first, more_items=1)
        others = [(path, value) for path, values in self._candidates.items() for value in values[1:]]
        for path, value in others:
            yield self._build({**first, path: value})
        for one, other in itertools.combinations(others, 2):
            if one[0] != other[0]:
                yield self._build({**first, **dict([one, other])})

    def _values_for(self, path: ValuePath, read: ReadValue) -> Iterator[Any]:
        """What may stand at a path, the likeliest first, each value once."""
        shown = set()
        for value in itertools.islice(self._guesses(path, read), _MAX_CANDIDATES):
            key = json.dumps(value, sort_keys=True, default=str)
            if key not in shown:
                shown.add(key)
                yield value

    def _guesses(self, path: ValuePath, read: ReadValue) -> Iterator[Any]:
        type_ = self._columns.get(path.column, "dynamic") if not path.steps else "dynamic"
        texts = [one for one in read.constants if isinstance(one, str) and one]
        numbers = [one for one in read.constants if isinstance(one, (int, float)) and not isinstance(one, bool)]
        flags = [one for one in read.constants if isinstance(one, bool)]
        typed = self._typed(path, read, type_)
        # A cast to a time or a number says more than a constant: `> ago(1d)` leaves no constant at all.
        if typed is not None and not (texts or numbers or flags):
            yield typed
        if type_ in {"string", "dynamic"}:
            yield from _combined(texts)
            for pattern in read.patterns:
                yield from matching_texts(pattern)
        if type_ in {"int", "long", "real", "dynamic"}:
            yield from (number + step for number in numbers for step in (0, 1, -1))
            yield from ([(numbers[0] + numbers[-1]) // 2] if len(numbers) > 1 else [])
        if type_ in {"boolean", "dynamic"}:
            yield from flags
        if typed is not None:
            yield typed
        if type_ == "string" and read.lengths:
            yield "x" * (max(read.lengths) + 1)
        yield self._default(path)

    def _typed(self, path: ValuePath, read: ReadValue, type_: str) -> Any:
        """A value that the casts around a path accept; None where they do not say."""
        casts = read.casts
        for cast in casts:
            if cast in _EPOCH_UNITS:
                value = int(self._now.timestamp() * _EPOCH_UNITS[cast])
                return str(value) if type_ == "string" else value
        if "todatetime" in casts:
            return synthetic_record({path.column: "datetime"}, self._now)[path.column]
        for cast in casts:
            if cast in _NUMBERS:
                return json.dumps(_NUMBERS[cast]) if type_ == "string" else _NUMBERS[cast]
        return "3f2504e0-4f89-41d3-9a0c-0305e82c3301" if "toguid" in casts else None

    def _default(self, path: ValuePath) -> Any:
        if not path.steps:
            return self._base.get(path.column)
        names = [one for one in path.steps if isinstance(one, str)]
        name = names[-1] if names else path.column
        return synthetic_record({name: "string"}, self._now)[name]

    def _build(self, values: Mapping[ValuePath, Any], more_items: int = 0) -> SyntheticRecord:
        record: dict[str, Any] = {}
        for path, value in values.items():
            record[path.column] = _placed(record.get(path.column), path.steps, value)
        for path, length in self._lengths.items():
            # The length of a text column is the concern of its value; all other lengths are those of lists.
            if path.steps or self._columns.get(path.column) == "dynamic":
                record[path.column] = _lengthened(record.get(path.column), path.steps, length + more_items)
        built = {name: _written(value) for name, value in record.items() if name in self._columns}
        return {**copy.deepcopy(self._base), **built}


class _Encoded:
    """A value that is written as text: as JSON, or as a list with a delimiter."""

    def __init__(self, encoding: PathStep, inner: Any) -> None:
        self.encoding, self.inner = encoding, inner


def _placed(holder: Any, steps: Sequence[PathStep], value: Any) -> Any:
    """The holder with the value at the end of the steps; what is in the way of them is replaced."""
    if not steps:
        # A path that others go further on from keeps what they placed.
        return holder if isinstance(holder, (dict, list, _Encoded)) else value
    step, rest = steps[0], steps[1:]
    if step is JSON_TEXT or isinstance(step, Delimiter):
        inner = holder.inner if isinstance(holder, _Encoded) else None
        return _Encoded(step, _placed(inner, rest, value))
    if isinstance(step, int):
        items = holder if isinstance(holder, list) else []
        items += [None] * (abs(step) + 1 - len(items))
        items[step] = _placed(items[step], rest, value)
        return items
    members = holder if isinstance(holder, dict) else {}
    members[step] = _placed(members.get(step), rest, value)
    return members


def _lengthened(holder: Any, steps: Sequence[PathStep], length: int) -> Any:
    """The holder with a list of so many items, and one more, at the end of the steps."""
    if not steps:
        items = list(holder) if isinstance(holder, list) else []
        return [*items, *((items or ["item"])[:1] * max(length - len(items), 0))]
    step, rest = steps[0], steps[1:]
    if step is JSON_TEXT or isinstance(step, Delimiter):
        return _Encoded(step, _lengthened(holder.inner if isinstance(holder, _Encoded) else None, rest, length))
    if isinstance(step, str):
        members = holder if isinstance(holder, dict) else {}
        return {**members, step: _lengthened(members.get(step), rest, length)}
    return holder


def _written(value: Any) -> Any:
    """A value as it stands in a record: texts encoded, from the inside outwards."""
    if isinstance(value, _Encoded):
        inner = _written(value.inner)
        if isinstance(value.encoding, Delimiter):
            return value.encoding.text.join("x" if one is None else str(one) for one in inner or ["x"])
        return json.dumps(inner if inner is not None else {}, default=str)
    if isinstance(value, dict):
        return {name: _written(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_written(one) for one in value]
    return value


def _is_inside(path: ValuePath, outer: ValuePath) -> bool:
    size = len(outer.steps)
    return path.column == outer.column and len(path.steps) > size and path.steps[:size] == outer.steps


def _combined(texts: Sequence[str]) -> Iterator[str]:
    """The texts alone, then in pairs: what starts with one and ends with another passes both conditions."""
    distinct = list(dict.fromkeys(texts))
    yield from distinct[:_MAX_CANDIDATES]
    if 1 < len(distinct) <= 4:
        yield from (f"{one} {other}" for one, other in itertools.permutations(distinct, 2))
        yield "".join(distinct)
        yield "".join(reversed(distinct))


def matching_texts(pattern: str) -> Iterator[str]:
    """A text that a regular expression matches; none for one that only RE2 takes."""
    import re

    import rstr

    # Seeded: the records of two runs are the same, so that a failure can be repeated.
    try:
        yield rstr.Rstr(Random(0)).xeger(pattern)  # noqa: S311 - repeatable, not secret
    except (re.error, KeyError, ValueError, OverflowError):
        return
