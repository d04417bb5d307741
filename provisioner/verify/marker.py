"""A marker in each test record by which its rows are found again, and left out by those who look for real ones.

Where it can stand is found by running the transform: a site counts only if the marker comes out in a column of the
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

from provisioner.probes.bound_flow import BoundFlow

MARKER_PREFIX = "provisionertest"
"""Begins every marker, so that `where not(Column hasprefix "provisionertest")` leaves test rows out."""
_MAX_DEPTH = 6
_MAX_SITES = 60
"""Each site costs a run of every transform of the stream."""
JsonPath = tuple[str | int, ...]


def new_run_id() -> str:
    """The id of a run. Letters and digits alone: one term to KQL, so that the indexed `has` finds it."""
    return f"{MARKER_PREFIX}{secrets.token_hex(5)}"


@dataclass(frozen=True, slots=True)
class MarkerSite:
    """Where in a record the marker goes, and how: after the text there, in its stead, or as a new value."""

    json_path: JsonPath
    method: Literal["append", "replace", "add"]

    def fits(self, record: Any) -> bool:
        """Whether the record has such a site."""
        parent = record
        for step in self.json_path[:-1]:
            if not _has(parent, step):
                return False
            parent = parent[step]
        last = self.json_path[-1]
        if self.method == "add":
            return isinstance(parent, dict) and parent.get(last) is None
        return _has(parent, last) and isinstance(parent[last], str)

    def insert(self, record: Mapping[str, Any], marker: str) -> dict[str, Any]:
        """A copy of the record that holds the marker."""
        marked: Any = copy.deepcopy(dict(record))
        parent = marked
        for step in self.json_path[:-1]:
            parent = parent[step]
        last = self.json_path[-1]
        parent[last] = f"{parent[last]} {marker}" if self.method == "append" else marker
        return dict(marked)


@dataclass(frozen=True, slots=True)
class MarkedRecord:
    """A record with its marker at these `sites`.

    `columns` says, by table, in which column the marker comes out; a table may be missing.
    """

    record: Mapping[str, Any]
    columns: Mapping[str, str]
    sites: tuple[MarkerSite, ...] = ()


def mark_record(
    record: Mapping[str, Any],
    types: Mapping[str, str],
    flows: Sequence[BoundFlow],
    marker: str,
    now: dt.datetime,
    *,
    preferred_sites: Sequence[MarkerSite] = (),
) -> MarkedRecord:
    """The record with the marker at as few sites as carry it into every table that the record reaches.

    `types` are the stream's columns. The preferred sites are tried before others, so that the records of a stream are
    marked alike where they can be.
    """
    marked = MarkedRecord(record, {})
    unmarked = [flow for flow in flows if flow.stored_row(record, now) is not None]
    # A column that no transform reads carries the marker nowhere.
    read = {name for flow in flows for name in flow.query.reads}
    readable = {name: type_ for name, type_ in types.items() if name in read}
    while unmarked:
        preferred = (site for site in preferred_sites if site.fits(marked.record))
        sites = itertools.islice(itertools.chain(preferred, _candidate_sites(marked.record, readable)), _MAX_SITES)
        best = _best_site(marked.record, sites, flows, unmarked, marker=marker, now=now)
        if best is None:
            break
        site, columns = best
        marked = MarkedRecord(site.insert(marked.record, marker), {**marked.columns, **columns}, (*marked.sites, site))
        unmarked = [flow for flow in unmarked if flow.table not in marked.columns]
    return marked


def contains_marker(value: Any, marker: str) -> bool:
    """Whether a JSON value, or anything inside it, holds the marker in upper or lower case."""
    if isinstance(value, str):
        # tolower() and toupper() in a transform change the marker's case.
        return marker.lower() in value.lower()
    if isinstance(value, Mapping):
        return any(contains_marker(inner, marker) for inner in value.values())
    return isinstance(value, list) and any(contains_marker(inner, marker) for inner in value)


def _best_site(
    record: Mapping[str, Any],
    sites: Iterable[MarkerSite],
    flows: Sequence[BoundFlow],
    unmarked: Sequence[BoundFlow],
    *,
    marker: str,
    now: dt.datetime,
) -> tuple[MarkerSite, dict[str, str]] | None:
    """The site that carries the marker into most of the unmarked tables and changes nothing else."""
    rows_before = [flow.stored_row(record, now) for flow in flows]
    unmarked_tables = {flow.table for flow in unmarked}
    best: tuple[MarkerSite, dict[str, str]] | None = None
    for site in sites:
        columns = _columns_with_marker(site.insert(record, marker), flows, rows_before, marker, now) or {}
        carried = {table: column for table, column in columns.items() if table in unmarked_tables}
        if carried and (best is None or len(carried) > len(best[1])):
            best = (site, carried)
            if len(carried) == len(unmarked):
                break
    return best


def _columns_with_marker(
    record: Mapping[str, Any],
    flows: Sequence[BoundFlow],
    rows_before: Sequence[Mapping[str, Any] | None],
    marker: str,
    now: dt.datetime,
) -> dict[str, str] | None:
    """Table → column that shows the marker; None where a row appears or disappears, or another column changes."""
    columns: dict[str, str] = {}
    for flow, before in zip(flows, rows_before, strict=True):
        after = flow.stored_row(record, now)
        if (after is None) != (before is None):
            return None
        for name, value in (after or {}).items():
            if contains_marker(value, marker):
                columns.setdefault(flow.table, name)
            # now() and rand() differ between two runs by themselves.
            elif before is not None and name not in flow.query.volatile and value != before.get(name):
                return None
    return columns


def _has(value: Any, step: str | int) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and step < len(value)


def _candidate_sites(record: Mapping[str, Any], types: Mapping[str, str]) -> Iterator[MarkerSite]:
    """Sites worth trying, the least intrusive first: after a text, in its stead, as a new value."""
    paths = [path for name in types for path in _text_paths(record.get(name), (name,)) if types[name] in _CARRIERS]
    # The longest text first: a free text is longer than a key, and less likely to be compared or parsed.
    paths.sort(key=lambda path: -len(_text_at(record, path)))
    for path in paths:
        yield MarkerSite(path, "append")
    for path in paths:
        yield MarkerSite(path, "replace")
    for name, type_ in types.items():
        if type_ == "dynamic" and isinstance(record.get(name), dict):
            yield MarkerSite((name, MARKER_PREFIX), "add")
        elif type_ in _CARRIERS and record.get(name) is None:
            yield MarkerSite((name,), "add")


_CARRIERS = frozenset({"string", "dynamic"})
"""Types of columns that can hold a marker."""


def _text_paths(value: Any, path: JsonPath) -> Iterator[JsonPath]:
    if isinstance(value, str):
        yield path
    elif len(path) < _MAX_DEPTH and isinstance(value, (dict, list)):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _text_paths(inner, (*path, step))


def _text_at(record: Any, path: JsonPath) -> str:
    for step in path:
        record = record[step]
    return str(record)
