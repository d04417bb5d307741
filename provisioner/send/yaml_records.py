"""Records of YAML: the items of a list, or one to a document; read event by event, so that memory stays flat."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from provisioner.load.yaml.scalars import resolve_scalar
from provisioner.send.json_records import text_pieces
from provisioner.send.raw_record import BrokenInput, RawRecord

_DEEPEST = 100
_MOST_VALUES = 100_000
"""Values of one record, those that aliases repeat counted each time: a call of 1 MiB holds fewer."""
# The parser of libyaml is ten times as fast, and is missing in wheels for a few systems.
_PARSER: Any = getattr(yaml, "CLoader", yaml.Loader)


class _Unusable(ValueError):
    """A record of YAML that JSON cannot say."""


def read_yaml_records(blocks: Iterable[bytes]) -> Iterator[RawRecord | None]:
    """The records of a YAML stream, by YAML 1.2's rules: dates and `no` are text.

    Raises BrokenInput where the text is no YAML: what follows cannot be told apart.
    """
    events = _Events(blocks)
    number = 0
    in_list = False
    for event in events:
        if isinstance(event, yaml.SequenceStartEvent) and not in_list:
            in_list = True
        elif isinstance(event, yaml.SequenceEndEvent):
            in_list = False
        elif isinstance(event, yaml.DocumentStartEvent):
            events.anchors.clear()
        elif isinstance(event, yaml.NodeEvent) and not _is_empty_document(event, in_list=in_list):
            number += 1
            yield _record(events, event, number)


def _is_empty_document(event: yaml.NodeEvent, *, in_list: bool) -> bool:
    return not in_list and isinstance(event, yaml.ScalarEvent) and event.value == ""


class _Events:
    """The events of a YAML text, and the values of its anchors with how many values they hold."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self.stream = _Stream(blocks)
        self._events: Iterator[Any] = yaml.parse(self.stream, Loader=_PARSER)
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.end = 0
        """Where the last event ends, in characters."""

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            event = next(self._events)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
            problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
            raise BrokenInput(f"it is not YAML: {problem}{where}") from error
        self.end = event.end_mark.index
        return event


class _Stream:
    """The file-like object that the parser reads from; it keeps the text of the record that is being read."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._pieces = text_pieces(blocks)
        self._rest = ""
        self._kept = ""
        self._kept_from = 0

    def read(self, size: int = -1, /) -> bytes:
        """About so many bytes; none at the end."""
        # An empty answer would be the end, and an empty piece is only a pause.
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = piece
        size = len(self._rest) if size < 0 else size
        part, self._rest = self._rest[:size], self._rest[size:]
        self._kept += part
        return part.encode(errors="surrogateescape")

    def cut(self, start: int, end: int) -> bytes:
        """The text between two marks; what stands before the first is dropped."""
        self._kept, self._kept_from = self._kept[start - self._kept_from :], start
        return self._kept[: end - start].encode(errors="surrogateescape")


def _record(events: _Events, event: Any, number: int) -> RawRecord:
    depth = [0]
    try:
        value, _ = _value(events, event, depth)
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        text.encode()
    except ValueError as error:
        end = _pass_over(events, depth[0])
        content = events.stream.cut(event.start_mark.index, end)
        problem = str(error) if isinstance(error, _Unusable) else f"JSON cannot say it: {error}"
        return RawRecord(number, "", problem=problem, content=content)
    events.stream.cut(events.end, events.end)
    return RawRecord(number, text, value)


def _pass_over(events: _Events, depth: int) -> int:
    """Read on to the end of a record that was left in the middle; where it ends."""
    while depth:
        depth += _step(next(events))
    return events.end


def _step(event: Any) -> int:
    return isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)


def _value(events: _Events, event: Any, depth: list[int]) -> tuple[Any, int]:
    """The value that an event begins, and how many values it holds."""
    value: Any
    if isinstance(event, yaml.AliasEvent):
        if event.anchor not in events.anchors:
            raise _Unusable(f"the alias *{event.anchor} names no anchor before it")
        return events.anchors[event.anchor]
    if isinstance(event, yaml.ScalarEvent):
        value, weight = _scalar(event), 1
    else:
        # Python's own stack ends near a thousand calls, and a crash there would lose the file.
        depth[0] += 1
        if depth[0] > _DEEPEST:
            raise _Unusable(f"it nests deeper than {_DEEPEST} levels")
        read = _mapping if isinstance(event, yaml.MappingStartEvent) else _sequence
        value, weight = read(events, depth)
        depth[0] -= 1
    if event.anchor:
        events.anchors[event.anchor] = (value, weight)
    return value, weight


def _scalar(event: Any) -> Any:
    is_plain = event.style is None or event.style == ""
    value = resolve_scalar(event.value) if is_plain else event.value
    if isinstance(value, float) and not math.isfinite(value):
        raise _Unusable(f"{event.value} is no JSON value")
    return value


def _sequence(events: _Events, depth: list[int]) -> tuple[list[Any], int]:
    items, total = [], 1
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        item, weight = _value(events, event, depth)
        items.append(item)
        total = _bounded(total + weight)
    return items, total


def _mapping(events: _Events, depth: list[int]) -> tuple[dict[str, Any], int]:
    members: dict[str, Any] = {}
    total = 1
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        if not isinstance(event, yaml.ScalarEvent):
            # Its events are part of what is passed over.
            depth[0] += _step(event)
            raise _Unusable("a key is no text")
        item, weight = _value(events, next(events), depth)
        if event.value in members:
            raise _Unusable(f"the member {event.value!r} stands twice")
        members[event.value] = item
        total = _bounded(total + weight)
    return members, total


def _bounded(total: int) -> int:
    # Aliases of aliases double a value with every line.
    if total > _MOST_VALUES:
        raise _Unusable(f"it holds more than {_MOST_VALUES:,} values")
    return total
