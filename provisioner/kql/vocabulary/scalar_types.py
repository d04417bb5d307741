"""Kusto's scalar types: their spellings, which widens to which, what two have in common."""

from __future__ import annotations

from collections.abc import Iterable

TYPES = ("bool", "int", "long", "real", "decimal", "string", "datetime", "timespan", "guid", "dynamic")
UNKNOWN = "unknown"
"""The type of what has already been complained about; it agrees with everything."""

TYPE_WORDS = {
    **{name: name for name in TYPES},
    "boolean": "bool",
    "double": "real",
    "float": "real",
    "date": "datetime",
    "time": "timespan",
    "uuid": "guid",
    "uniqueid": "guid",
    "object": "dynamic",
    "int32": "int",
    "int64": "long",
}
"""Every spelling of a type in KQL and in manifests; matched without case at the edge."""

NUMBERS = frozenset(("int", "long", "real", "decimal"))
WHOLE = frozenset(("int", "long"))
CASTS = {
    "bool": "tobool",
    "int": "toint",
    "long": "tolong",
    "real": "toreal",
    "string": "tostring",
    "datetime": "todatetime",
    "timespan": "totimespan",
    "guid": "toguid",
    "dynamic": "parse_json",
}
"""The function of the transform language that makes a value of each type."""

_WIDTH = {"int": 0, "long": 1, "real": 2, "decimal": 3}


def canonical(spelling: str) -> str | None:
    """The type that a spelling names; None where it names none."""
    return TYPE_WORDS.get(spelling.lower())


def widen(source: str, target: str) -> int | None:
    """How far `source` has to be widened to be taken as `target`: 0 for the same, None where it cannot be."""
    if source == target or UNKNOWN in (source, target):
        return 0
    if source in _WIDTH and target in _WIDTH and _WIDTH[source] < _WIDTH[target]:
        return _WIDTH[target] - _WIDTH[source]
    if source == "dynamic" and target == "string":
        return 8
    return None


def common(types: Iterable[str]) -> str | None:
    """The narrowest type all of `types` widen to; None where there is none."""
    result: str | None = None
    for kind in types:
        if kind in (UNKNOWN, result):
            continue
        if result is None:
            result = kind
        elif kind in _WIDTH and result in _WIDTH:
            result = kind if _WIDTH[kind] > _WIDTH[result] else result
        else:
            return None
    return result or UNKNOWN
