"""Records made from nothing but the columns of a stream: plausible values of the right types."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

SyntheticRecord = dict[str, Any]
JsonPath = tuple[str | int, ...]

# Parts of a column's name that tell what its text looks like; the first that occurs counts, so `uuid` stands before
# `id`, and the general ones at the end.
_TEXT_BY_NAME: tuple[tuple[str, str], ...] = (
    ("uuid", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
    ("guid", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
    ("email", "ada@example.com"),
    ("mail", "ada@example.com"),
    ("upn", "ada@example.com"),
    ("url", "https://example.com/orders/17?page=2"),
    ("uri", "https://example.com/orders/17?page=2"),
    ("link", "https://example.com/orders/17?page=2"),
    ("domain", "shop.example.com"),
    ("host", "web-01.example.com"),
    ("computer", "web-01.example.com"),
    ("useragent", "Mozilla/5.0 (X11; Linux x86_64)"),
    ("method", "GET"),
    ("protocol", "TCP"),
    ("severity", "Warning"),
    ("level", "Warning"),
    ("status", "OK"),
    ("result", "Success"),
    ("action", "Allow"),
    ("country", "NL"),
    ("city", "Utrecht"),
    ("currency", "EUR"),
    ("version", "1.4.2"),
    ("path", "/var/log/shop/orders.log"),
    ("file", "/var/log/shop/orders.log"),
    ("user", "ada"),
    ("account", "ada"),
    ("hash", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("message", "order A-1017 was placed"),
    ("description", "order A-1017 was placed"),
    ("name", "orders"),
    ("id", "A-1017"),
)
_TIME_NAMES = ("time", "date", "timestamp", "created", "updated", "_at")
_ADDRESS_NAMES = ("ip", "ipaddress", "address", "src", "dst")


def synthetic_record(columns: Mapping[str, str], now: dt.datetime) -> SyntheticRecord:
    """One record with a value in every column, by its type and name; a guid is text, as JSON has no other form."""
    return {name: _value(name, type_, now) for name, type_ in columns.items()}


def edge_case_records(
    base: SyntheticRecord, columns: Mapping[str, str], passes: Callable[[SyntheticRecord], bool]
) -> Iterator[SyntheticRecord]:
    """Records at the edges of each type, made from one that passes the filters and passing them too.

    Each value (inside bags as well) is exchanged for the greatest, the least and none, where the record still passes.
    """
    for edge_value in _EDGE_VALUES:
        current = base
        for path, type_ in _leaves(base, columns):
            changed = _with_value(current, path, edge_value(type_))
            current = changed if passes(changed) else current
        if current != base:
            yield current


def json_column_type(value: Any) -> str:
    """The column type that a JSON value would have; dynamic for null, bags and lists."""
    return _JSON_TYPES.get(type(value), "dynamic")


def _leaves(record: SyntheticRecord, columns: Mapping[str, str]) -> Iterator[tuple[JsonPath, str]]:
    for name, type_ in columns.items():
        if type_ != "dynamic":
            yield (name,), type_
        else:
            yield from _inner_leaves(record.get(name), (name,))


def _inner_leaves(value: Any, path: JsonPath) -> Iterator[tuple[JsonPath, str]]:
    if isinstance(value, (dict, list)) and value:
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _inner_leaves(inner, (*path, step))
    else:
        yield path, json_column_type(value)


def _with_value(record: SyntheticRecord, path: JsonPath, value: Any) -> SyntheticRecord:
    """A copy of the record with another value at a path; the record itself for a type without such an edge."""
    if value is _NO_EDGE:
        return record
    changed: Any = copy.deepcopy(record)
    parent = changed
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = value
    return dict(changed)


def _value(name: str, type_: str, now: dt.datetime) -> Any:
    match type_:
        case "string":
            return _text(name, now)
        case "int" | "long":
            return now.microsecond % 1000 + 17
        case "real":
            return 9.5
        case "boolean":
            return True
        case "datetime":
            return _iso(now)
        case "guid":
            return "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
        case _:
            return {"id": "A-1017", "name": "orders", "tags": ["new", "web"], "size": 3}


def _text(name: str, now: dt.datetime) -> str:
    lowered = name.lower()
    # Whole parts only: `ip` is part of many other names, such as description.
    if any(part in _ADDRESS_NAMES for part in _name_parts(name)) or lowered.endswith("ip"):
        return "198.51.100.23"
    if any(time_name in lowered for time_name in _TIME_NAMES):
        return _iso(now)
    return next((text for part, text in _TEXT_BY_NAME if part in lowered), f"{name} of a test row")


def _name_parts(name: str) -> list[str]:
    """`SourceIp_v4` → `source`, `ip`, `v4`."""
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in name.replace("_", " "))
    return spaced.lower().split()


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


_NO_EDGE = object()
_JSON_TYPES: Mapping[type, str] = {str: "string", bool: "boolean", int: "long", float: "real"}
_LONG_TEXT = "Ünïcödé 日本語 🎉 \"quoted\" 'single' back\\slash\ttab\nline " + "x" * 500
_GREATEST: Mapping[str, Any] = {
    "string": _LONG_TEXT,
    "int": 2**31 - 1,
    "long": 2**63 - 1,
    "real": 1.7976931348623157e308,
    "boolean": True,
    "guid": "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "dynamic": {"deep": {"er": [{"est": [1, 2.5, None, True, "ünï"]}]}, "big": 2**53},
}
_LEAST: Mapping[str, Any] = {
    "string": "",
    "int": -(2**31),
    "long": -(2**63),
    "real": -1.7976931348623157e308,
    "boolean": False,
    "guid": "00000000-0000-0000-0000-000000000000",
    "dynamic": [],
}
_EDGE_VALUES: tuple[Callable[[str], Any], ...] = (
    lambda type_: _GREATEST.get(type_, _NO_EDGE),
    lambda type_: _LEAST.get(type_, _NO_EDGE),
    # Most often the time of the row: without one Azure discards it.
    lambda type_: _NO_EDGE if type_ == "datetime" else None,
)
