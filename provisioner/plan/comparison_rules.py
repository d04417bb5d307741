"""A resource type's facts, ready for a walk through its bodies: which values are the same though they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from provisioner.model import column_type
from provisioner.resources import Body, ResourceType

MISSING: Any = object()
"""No value at all, which is not null."""


@dataclass(frozen=True)
class Shape:
    """Patterns are dotted from the body's root: `[]` is a list item, `*` a key of a map whose keys are names."""

    type: ResourceType
    maps: frozenset[str]
    read_only: frozenset[str]
    ignored: frozenset[str]

    def child(self, pattern: str, key: str) -> str:
        """The pattern of a key below a pattern."""
        word = "*" if pattern in self.maps else key
        return f"{pattern}.{word}" if pattern else word

    def same(self, pattern: str, a: Any, b: Any) -> bool:
        """Whether two plain values mean the same."""
        return bool(a == b and type(a) is type(b)) or self.normal(pattern, a) == self.normal(pattern, b)

    def normal(self, pattern: str, value: Any) -> Any:
        """A value as it compares: case, spaces in a region and the spelling of a type do not count."""
        if isinstance(value, str):
            if pattern in self.type.types:
                known = column_type(value)
                return known.name if known else value.lower()
            if pattern in self.type.caseless:
                text = value.lower().rstrip("/")
                return text.replace(" ", "") if pattern == "location" else text
        return value

    def empty(self, pattern: str, value: Any) -> bool:
        """Whether a value says no more than its absence: null, an empty list or map, or what Azure fills in."""
        if value is None or value in ([], {}):
            return True
        default = self.type.defaults.get(pattern, MISSING)
        return default is not MISSING and self.same(pattern, value, default)

    def key(self, pattern: str, item: Any) -> tuple[Any, ...]:
        """What identifies an item of a keyed list."""
        return tuple(self._part(f"{pattern}[]", item, name) for name in self.type.keyed[pattern].split("+"))

    def label(self, pattern: str, item: Any) -> str:
        """An item's key as people read it: the last part says enough."""
        parts = [", ".join(part) if isinstance(part, tuple) else str(part) for part in self.key(pattern, item)]
        return " → ".join(part.rsplit("/", 1)[-1] if part.startswith("/") else part for part in parts)

    def _part(self, pattern: str, item: Any, name: str) -> Any:
        value = item.get(name) if isinstance(item, dict) else None
        path = f"{pattern}.{name}"
        if value is None and path in self.type.same_as:
            others = item.get(self.type.same_as[path]) if isinstance(item, dict) else None
            value = others[0] if isinstance(others, list) and len(others) == 1 else None
        if isinstance(value, list):
            return tuple(sorted(str(self.normal(path, each)) for each in value))
        return self.normal(path, value)


_SHAPES: dict[str, Shape] = {}


def shape(type_: ResourceType) -> Shape:
    """The shape of a type; records hold mappings and so cannot be keys themselves."""
    found = _SHAPES.get(type_.short)
    if found is None or found.type is not type_:
        found = _SHAPES[type_.short] = _build(type_)
    return found


def _build(type_: ResourceType) -> Shape:
    patterns = {
        *type_.read_only,
        *type_.caseless,
        *type_.types,
        *type_.keyed,
        *type_.unordered,
        *type_.queries,
        *type_.whole,
        *(risk["path"] for risk in type_.risks),
    }
    maps = {each.split(".*", 1)[0] for each in patterns if ".*" in each}
    return Shape(type_, frozenset(maps), frozenset(type_.read_only), frozenset({*type_.read_only, *type_.create_only}))


def foreign(type_: ResourceType, live: Body) -> frozenset[str]:
    """The names that somebody else's sources in a live body feed, or that nothing in it uses."""
    by = type_.foreign.get("by")
    if by is None:
        return frozenset()
    words = {by, by.removesuffix("s")}
    fed = {name for path in type_.foreign["sources"] for name in _named(at(live, path), words)}
    idle = {
        name
        for path, users in type_.foreign.get("idle", {}).items()
        for name in {*(at(live, path) or ())} - {*_named(at(live, users), words)}
    }
    return frozenset(fed | idle)


def _named(value: Any, keys: set[str]) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in keys:
                yield from (each for each in (inner if isinstance(inner, list) else [inner]) if isinstance(each, str))
            else:
                yield from _named(inner, keys)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner, keys)


def at(value: Any, path: str) -> Any:
    """The value at a dotted path of maps; None where there is none."""
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value
