"""Records made from nothing but the columns of a stream: plausible values of the right types."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Record = dict[str, Any]

# Words in a column's name that tell what its text looks like; the first that is found counts.
_TEXTS: tuple[tuple[str, str], ...] = (
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
_TIMES = ("time", "date", "timestamp", "created", "updated", "_at")
_ADDRESSES = ("ip", "ipaddress", "address", "src", "dst")


def record(columns: Mapping[str, str], now: dt.datetime) -> Record:
    """One record with a value in every column; a guid is text, as JSON knows none."""
    return {name: _value(name, type_, now) for name, type_ in columns.items()}


def edges(columns: Mapping[str, str], now: dt.datetime) -> Iterator[Record]:
    """Records at the edges of each type: greatest and least numbers, empty and long text, quotes, nulls."""
    yield {name: _GREATEST[type_](now) for name, type_ in columns.items()}
    yield {name: _LEAST[type_](now) for name, type_ in columns.items()}
    yield {name: now.isoformat() if _is_time(name, type_) else None for name, type_ in columns.items()}


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
    words = _words(name)
    if any(word in _ADDRESSES for word in words) or lowered.endswith("ip"):
        return "198.51.100.23"
    if any(each in lowered for each in _TIMES):
        return _iso(now)
    return next((text for word, text in _TEXTS if word in lowered), f"{name} of a test row")


def _words(name: str) -> list[str]:
    spaced = "".join(f" {each}" if each.isupper() else each for each in name.replace("_", " "))
    return spaced.lower().split()


def _is_time(name: str, type_: str) -> bool:
    return type_ == "datetime" and name == "TimeGenerated"


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


_GREATEST: Mapping[str, Callable[[dt.datetime], Any]] = {
    "string": lambda _: "Ünïcödé 日本語 🎉 \"quoted\" 'single' back\\slash\ttab\nline " + "x" * 500,
    "int": lambda _: 2**31 - 1,
    "long": lambda _: 2**63 - 1,
    "real": lambda _: 1.7976931348623157e308,
    "boolean": lambda _: True,
    "datetime": _iso,
    "guid": lambda _: "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "dynamic": lambda _: {"deep": {"er": [{"est": [1, 2.5, None, True, "ünï"]}]}, "big": 2**53, "": "no name"},
}
_LEAST: Mapping[str, Callable[[dt.datetime], Any]] = {
    "string": lambda _: "",
    "int": lambda _: -(2**31),
    "long": lambda _: -(2**63),
    "real": lambda _: -4.9e-324,
    "boolean": lambda _: False,
    "datetime": lambda now: _iso(now - dt.timedelta(hours=47)),
    "guid": lambda _: "00000000-0000-0000-0000-000000000000",
    "dynamic": lambda _: [],
}
