"""A word in each test record by which its rows are found again, and left out by whoever looks for real ones.

Where it can stand is found by running the transform: a place counts only if the word comes out in a column of the
table and nothing else about the row changes.
"""

from __future__ import annotations

import copy
import datetime as dt
import itertools
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from provisioner.probes.bound_flow import Lane

PREFIX = "provisionertest"
"""Begins every marker, so that `where not(Column hasprefix "provisionertest")` leaves test rows out."""
_DEEPEST = 6
_MOST_SITES = 60


def new_run() -> str:
    """The id of a run: one word to KQL, so that `has` finds it."""
    return f"{PREFIX}{secrets.token_hex(5)}"


@dataclass(frozen=True, slots=True)
class Site:
    """A place inside a record and how the word gets there: after the text, instead of it, or as something new."""

    path: tuple[str | int, ...]
    way: Literal["append", "replace", "add"]

    def fits(self, record: Any) -> bool:
        """Whether the record has such a place."""
        inside = record
        for step in self.path[:-1]:
            if not _has(inside, step):
                return False
            inside = inside[step]
        last = self.path[-1]
        if self.way == "add":
            return isinstance(inside, dict) and inside.get(last) is None
        return _has(inside, last) and isinstance(inside[last], str)

    def put(self, record: Mapping[str, Any], word: str) -> dict[str, Any]:
        """A copy of the record that holds the word."""
        made: Any = copy.deepcopy(dict(record))
        inside = made
        for step in self.path[:-1]:
            inside = inside[step]
        last = self.path[-1]
        inside[last] = f"{inside[last]} {word}" if self.way == "append" else word
        return dict(made)


@dataclass(frozen=True, slots=True)
class Marked:
    """A record with its word at these `sites`.

    `columns` says, by table, in which column the word comes out; a table may be missing.
    """

    record: Mapping[str, Any]
    columns: Mapping[str, str]
    sites: tuple[Site, ...] = ()


def mark(
    record: Mapping[str, Any],
    types: Mapping[str, str],
    lanes: Sequence[Lane],
    word: str,
    now: dt.datetime,
    *,
    first: Sequence[Site] = (),
) -> Marked:
    """The record with the word at as few places as carry it into every table that the record reaches.

    The sites `first` are tried before others, so that the records of a stream are marked alike where they can be.
    """
    marked = Marked(record, {})
    open_ = [lane for lane in lanes if lane.row(record, now) is not None]
    read = {name for lane in lanes for name in lane.query.reads}
    readable = {name: type_ for name, type_ in types.items() if name in read}
    while open_:
        sites = itertools.chain((each for each in first if each.fits(marked.record)), _sites(marked.record, readable))
        best = _best(marked.record, itertools.islice(sites, _MOST_SITES), lanes, open_, word=word, now=now)
        if best is None:
            break
        site, columns = best
        marked = Marked(site.put(marked.record, word), {**marked.columns, **columns}, (*marked.sites, site))
        open_ = [lane for lane in open_ if lane.flow.table not in marked.columns]
    return marked


def _best(
    record: Mapping[str, Any],
    sites: Iterable[Site],
    lanes: Sequence[Lane],
    wanted: Sequence[Lane],
    *,
    word: str,
    now: dt.datetime,
) -> tuple[Site, dict[str, str]] | None:
    """The site that carries the word into most of the wanted tables and changes nothing else."""
    before = [lane.row(record, now) for lane in lanes]
    best: tuple[Site, dict[str, str]] | None = None
    for site in sites:
        found = _carried(site.put(record, word), lanes, before, word, now)
        carried = {table: column for table, column in (found or {}).items() if _among(table, wanted)}
        if carried and (best is None or len(carried) > len(best[1])):
            best = (site, carried)
            if len(carried) == len(wanted):
                break
    return best


def _among(table: str, lanes: Sequence[Lane]) -> bool:
    return any(lane.flow.table == table for lane in lanes)


def _carried(
    record: Mapping[str, Any],
    lanes: Sequence[Lane],
    before: Sequence[Mapping[str, Any] | None],
    word: str,
    now: dt.datetime,
) -> dict[str, str] | None:
    """Table → column that shows the word; None where a row is lost or won, or another column changes."""
    columns: dict[str, str] = {}
    for lane, old in zip(lanes, before, strict=True):
        new = lane.row(record, now)
        if (new is None) != (old is None):
            return None
        for name, value in (new or {}).items():
            if shows(value, word):
                columns.setdefault(lane.flow.table, name)
            elif old is not None and name not in lane.query.volatile and value != old.get(name):
                return None
    return columns


def _has(value: Any, step: str | int) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and step < len(value)


def shows(value: Any, word: str) -> bool:
    """Whether a value, or anything inside it, holds the word in whatever case."""
    if isinstance(value, str):
        return word.lower() in value.lower()
    if isinstance(value, Mapping):
        return any(shows(inner, word) for inner in value.values())
    return isinstance(value, list) and any(shows(inner, word) for inner in value)


def _sites(record: Mapping[str, Any], types: Mapping[str, str]) -> Iterator[Site]:
    """Places worth trying, the least intrusive first: after a text, the longest first; in its stead; something new."""
    texts = [path for name in types for path in _texts(record.get(name), (name,)) if types[name] in _CARRIERS]
    texts.sort(key=lambda path: -len(_at(record, path)))
    for path in texts:
        yield Site(path, "append")
    for path in texts:
        yield Site(path, "replace")
    for name, type_ in types.items():
        if type_ == "dynamic" and isinstance(record.get(name), dict):
            yield Site((name, PREFIX), "add")
        elif type_ in _CARRIERS and record.get(name) is None:
            yield Site((name,), "add")


_CARRIERS = frozenset({"string", "dynamic"})


def _texts(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, str):
        yield path
    elif len(path) < _DEEPEST and isinstance(value, (dict, list)):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(inner, (*path, step))


def _at(record: Any, path: Sequence[str | int]) -> str:
    for step in path:
        record = record[step]
    return str(record)
