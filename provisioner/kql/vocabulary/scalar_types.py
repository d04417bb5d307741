"""Kusto's scalar types: their spellings, which widens to which, what several have in common."""

from __future__ import annotations

from collections.abc import Iterable

TYPES = ("bool", "int", "long", "real", "decimal", "string", "datetime", "timespan", "guid", "dynamic")
UNKNOWN = "unknown"
"""The type of what has been reported already; it agrees with every type, so that one mistake is reported once."""

TYPE_SPELLINGS = {
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
WHOLE_NUMBERS = frozenset(("int", "long"))
CAST_FUNCTIONS = {
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


def canonical_type(spelling: str) -> str | None:
    """The type that a spelling names; None where it names none."""
    return TYPE_SPELLINGS.get(spelling.lower())


def widening_distance(source: str, target: str) -> int | None:
    """How far `source` has to be widened to be taken as `target`: 0 for the same, None where it cannot be."""
    if source == target or UNKNOWN in (source, target):
        return 0
    if source in _WIDTH and target in _WIDTH and _WIDTH[source] < _WIDTH[target]:
        return _WIDTH[target] - _WIDTH[source]
    if source == "dynamic" and target == "string":
        return 8  # further than any number is from another: an overload for numbers or dynamics comes first
    return None


def common_type(types: Iterable[str]) -> str | None:
    """The narrowest type all of `types` widen to; None where there is none."""
    widest: str | None = None
    for type_name in types:
        if type_name in (UNKNOWN, widest):
            continue
        if widest is None:
            widest = type_name
        elif type_name in _WIDTH and widest in _WIDTH:
            widest = type_name if _WIDTH[type_name] > _WIDTH[widest] else widest
        else:
            return None
    return widest or UNKNOWN
