"""The records that are sent: the author's where there are any, else made ones that the transform lets through."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from provisioner.model import Stream
from provisioner.probes.bound_flow import Lane
from provisioner.probes.expected_row import TIME, clamped, instant
from provisioner.verify import synthetic_records

Record = dict[str, Any]
MOST = 10
"""Records sent to one stream; more would prove nothing new."""
_TRIES = 400

_QUOTED = re.compile(r'"((?:[^"\\\n]|\\.)*)"' + r"|'((?:[^'\\\n]|\\.)*)'")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")
_CALL = re.compile(r"(?:(?<!\w)(\w+)\s*=\s*)?(?<!\w)(\w+)\(\s*(\w+)\s*\)")
_CASTS = {
    "toint": 17, "tolong": 17, "toreal": 9.5, "todouble": 9.5, "todecimal": 9.5, "tobool": True,
    "toguid": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "todatetime": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Samples:
    """Records and where they are from.

    `filtered` counts the author's records that reach no table: not sent. `edges` are sent where they can be marked.
    """

    records: tuple[Record, ...]
    origin: Literal["tests", "samples", "made"]
    filtered: int = 0
    edges: tuple[Record, ...] = ()


def samples(stream: Stream, lanes: Sequence[Lane], now: dt.datetime, *, edge: bool = False) -> Samples:
    """Records of a stream that reach at least one of its tables; none where nothing that we can think of does."""
    written: list[tuple[Literal["tests", "samples"], list[Record]]] = [
        ("tests", [dict(each) for test in stream.tests if test.expect_error is None for each in test.given]),
        ("samples", [dict(each) for each in stream.samples]),
    ]
    filtered = 0
    for origin, records in written:
        timely = [_timely(each, lanes, now) for each in _distinct(records)]
        through = [each for each in timely if _reaches(each, lanes, now)]
        filtered += len(timely) - len(through)
        if through:
            whole = (*through[:MOST], *_filled(through[:MOST], stream, lanes, now))
            return Samples(whole, origin, filtered, _edges(through[0], stream, lanes, now, edge=edge))
    found = _passing(stream, lanes, now)
    if found is None:
        return Samples((), "made", filtered)
    return Samples((found,), "made", filtered, _edges(found, stream, lanes, now, edge=edge))


def _filled(records: Sequence[Record], stream: Stream, lanes: Sequence[Lane], now: dt.datetime) -> tuple[Record, ...]:
    """One more record where columns stay null in all of these, with made values in what feeds those columns.

    A null arrives like any value, and nobody can tell; so each column ought to hold something at least once.
    """
    empty = _empty(records, lanes, now)
    if not empty:
        return ()
    fed = {name for lane, column in empty for name in lane.query.lineage.get(column, ())}
    plain = synthetic_records.record({name: type_ for name, type_ in stream.columns.items() if name in fed}, now)
    texts = [lane.flow.transform for lane in lanes]
    for record in records:
        fuller = dict(record)
        for name, value in plain.items():
            if stream.columns[name] == "dynamic":
                fuller[name] = _deepened(record.get(name), _members(name, texts, now) or value)
            elif record.get(name) in (None, ""):
                fuller[name] = value
        if _reaches(fuller, lanes, now) and len(_empty([*records, fuller], lanes, now)) < len(empty):
            return (fuller,)
    return ()


def _empty(records: Sequence[Record], lanes: Sequence[Lane], now: dt.datetime) -> list[tuple[Lane, str]]:
    """Columns that a transform writes and that are null for all records."""
    found = []
    for lane in lanes:
        rows = [row for each in records if (row := lane.row(each, now)) is not None]
        known = [name for name in lane.query.columns if lane.columns is None or name in lane.columns]
        found += [(lane, name) for name in known if rows and all(row.get(name) in (None, "") for row in rows)]
    return found


def _deepened(value: Any, more: Record) -> Any:
    """A bag with the members that it lacks; a value that is no bag stays, where there is one."""
    if not isinstance(value, dict):
        return more if value is None else value
    gone = {name: member for name, member in more.items() if value.get(name) is None}
    inner = {name: _deepened(member, more[name]) for name, member in value.items() if isinstance(more.get(name), dict)}
    return {**value, **gone, **inner}


def _edges(base: Record, stream: Stream, lanes: Sequence[Lane], now: dt.datetime, *, edge: bool) -> tuple[Record, ...]:
    if not edge:
        return ()
    return tuple(synthetic_records.edges(base, stream.columns, lambda record: _reaches(record, lanes, now)))


def _distinct(records: Sequence[Record]) -> list[Record]:
    return list({json.dumps(each, sort_keys=True, default=str): each for each in records}.values())


def _reaches(record: Mapping[str, Any], lanes: Sequence[Lane], now: dt.datetime) -> bool:
    return any(lane.row(record, now) is not None for lane in lanes)


def _timely(record: Record, lanes: Sequence[Lane], now: dt.datetime) -> Record:
    """The record with its time set to the present where Azure would replace it: else that column proves nothing."""
    rows = [row for lane in lanes if (row := lane.row(record, now)) is not None]
    if not any((moment := instant(row.get(TIME))) is not None and clamped(moment, now) for row in rows):
        return record
    fed = {name for lane in lanes for name in lane.query.lineage.get(TIME, ()) if isinstance(record.get(name), str)}
    moved = {**record, **{name: now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") for name in fed}}
    after = [lane.row(moved, now) for lane in lanes]
    told = [instant(row.get(TIME)) for row in after if row is not None]
    return moved if len(told) == len(rows) and all(each and not clamped(each, now) for each in told) else record


def _passing(stream: Stream, lanes: Sequence[Lane], now: dt.datetime) -> Record | None:
    """A made record that passes the filters: what the transform compares with is tried in every column it reads."""
    texts = [lane.flow.transform for lane in lanes]
    base = synthetic_records.record(stream.columns, now)
    casts = _casts(texts)
    for name, type_ in stream.columns.items():
        if type_ == "dynamic":
            base[name] = _members(name, texts, now) or base[name]
        elif type_ == "string":
            base[name] = _cast_text(name, casts.get(name, ()), texts, now) or _spelled(name, lanes, now) or base[name]
    tries = itertools.chain([base], _variants(base, stream, texts))
    return next((each for each in itertools.islice(tries, _TRIES) if _reaches(each, lanes, now)), None)


def _variants(base: Record, stream: Stream, texts: Sequence[str]) -> Iterator[Record]:
    words = list(dict.fromkeys(a or b for text in texts for a, b in _QUOTED.findall(text)))
    numbers = [json.loads(each) for text in texts for each in _NUMBER.findall(text)]
    changes = [
        {name: changed}
        for name, type_ in stream.columns.items()
        for changed in (
            _bags(base[name], words, numbers) if type_ == "dynamic" else _others(base[name], type_, words, numbers)
        )
    ]
    for change in changes:
        yield {**base, **change}
    for one, other in itertools.combinations(changes, 2):
        if one.keys() != other.keys():
            yield {**base, **one, **other}


def _others(value: Any, type_: str, words: Sequence[str], numbers: Sequence[Any]) -> Iterator[Any]:
    """Other values for a place that holds this one: what the transform compares with, and its neighbours."""
    if type_ == "string":
        yield from words
    elif type_ == "boolean":
        yield not value
    elif type_ in {"int", "long"}:
        yield from (each + step for each in numbers if isinstance(each, int) for step in (0, 1, -1))
    elif type_ == "real":
        yield from (float(each) + step for each in numbers for step in (0, 1, -1))


def _bags(value: Any, words: Sequence[str], numbers: Sequence[Any]) -> Iterator[Any]:
    """The bag with one member changed."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from ({**value, name: changed} for changed in _bags(member, words, numbers))
    elif not isinstance(value, list):
        yield from _others(value, synthetic_records.json_type(value), words, numbers)


def _members(name: str, texts: Sequence[str], now: dt.datetime) -> Record:
    """A bag with the members that the transforms look up in this column, typed by the casts around them."""
    bag: Record = {}
    word = re.escape(name)
    step = r"(?:\.[A-Za-z_]\w*|\[\s*(?:'[^']*'|\"[^\"]*\")\s*\])"
    for text in texts:
        for cast, path in re.findall(rf"(?:(\w+)\(\s*)?(?<!\w){word}({step}+)", text):
            steps = [a or b or c for a, b, c in re.findall(r"\.(\w+)|\[\s*'([^']*)'|\[\s*\"([^\"]*)\"", path)]
            _set(bag, steps, _member(steps[-1], cast, now))
    return bag


def _casts(texts: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Word → the functions called on it alone, each with the name that the result is given, if any."""
    found: dict[str, list[tuple[str, str]]] = {}
    for text in texts:
        for alias, function, word in _CALL.findall(text):
            found.setdefault(word, []).append((alias, function))
    return found


def _cast_text(name: str, casts: Sequence[tuple[str, str]], texts: Sequence[str], now: dt.datetime) -> str | None:
    """What a text must look like that the transforms cast: a time, a number, JSON with the members looked up in it."""
    for alias, cast in casts:
        if cast in {"parse_json", "todynamic"}:
            bag = _members(alias, texts, now) if alias and alias != name else {}
            bag = {**_members(f"{cast}({name})", texts, now), **bag}
            return json.dumps(bag or synthetic_records.record({name: "dynamic"}, now)[name])
        if cast == "todatetime" or cast in _CASTS:
            value = _member(name, cast, now)
            return value if isinstance(value, str) else json.dumps(value)
    return None


def _spelled(name: str, lanes: Sequence[Lane], now: dt.datetime) -> str | None:
    """What a text must look like that alone feeds a column of a type that JSON has no values of."""
    for lane in lanes:
        for column, reads in lane.query.lineage.items():
            type_ = lane.query.columns[column]
            if type_ in {"guid", "datetime"} and tuple(reads) == (name,):
                return str(synthetic_records.record({name: type_}, now)[name])
    return None


def _member(name: str, cast: str, now: dt.datetime) -> Any:
    if cast == "todatetime":
        return synthetic_records.record({name: "datetime"}, now)[name]
    return _CASTS[cast] if cast in _CASTS else synthetic_records.record({name: "string"}, now)[name]


def _set(bag: Record, steps: Sequence[str], value: Any) -> None:
    for step in steps[:-1]:
        inner = bag.get(step)
        if not isinstance(inner, dict):
            inner = bag[step] = {}
        bag = inner
    bag.setdefault(steps[-1], value)
