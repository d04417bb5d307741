"""Which values of two bodies are the same though they are written differently, by the facts of the resource type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from provisioner.model import column_type
from provisioner.resources import Body, ResourceType

MISSING: Any = object()
"""No value at all; null is a value."""


@dataclass(frozen=True)
class ComparisonRules:
    """The facts of one type, looked up by pattern while a body is walked.

    A pattern is a dotted path from the body's root: `[]` is a list item, `*` a key of a map whose keys are names
    (`maps`).
    """

    type: ResourceType
    maps: frozenset[str]
    read_only: frozenset[str]
    ignored: frozenset[str]

    def child_pattern(self, pattern: str, key: str) -> str:
        """The pattern of a key below a pattern."""
        step = "*" if pattern in self.maps else key
        return f"{pattern}.{step}" if pattern else step

    def is_same_value(self, pattern: str, a: Any, b: Any) -> bool:
        """Whether two plain values mean the same."""
        return bool(a == b and type(a) is type(b)) or self.normalize(pattern, a) == self.normalize(pattern, b)

    def has_words(self, pattern: str, desired: str, live: str) -> bool:
        """Whether a text that lists words holds every word of the desired one."""
        return pattern in self.type.comparison.word_lists and words_of(desired) <= words_of(live)

    def normalize(self, pattern: str, value: Any) -> Any:
        """A value as it compares: without case, spaces in a region, a final slash, or the spelling of a type."""
        if isinstance(value, str):
            if pattern in self.type.comparison.column_types:
                type_ = column_type(value)
                return type_.name if type_ else value.lower()
            if pattern in self.type.comparison.case_insensitive:
                text = value.lower().rstrip("/")
                return text.replace(" ", "") if pattern == "location" else text
        return value

    def is_empty_value(self, pattern: str, value: Any) -> bool:
        """Whether a value means the same as its absence: null, an empty list or map, or Azure's default."""
        if value is None or value in ([], {}):
            return True
        default = self.type.comparison.defaults.get(pattern, MISSING)
        return default is not MISSING and self.is_same_value(pattern, value, default)

    def item_key(self, pattern: str, item: Any) -> tuple[Any, ...]:
        """The values that identify an item of a keyed list."""
        return tuple(
            self._key_part(f"{pattern}[]", item, name) for name in self.type.comparison.keyed_lists[pattern].split("+")
        )

    def item_label(self, pattern: str, item: Any) -> str:
        """An item's key for people; of a resource id only the last segment, the name."""
        parts = [", ".join(part) if isinstance(part, tuple) else str(part) for part in self.item_key(pattern, item)]
        return " → ".join(part.rsplit("/", 1)[-1] if part.startswith("/") else part for part in parts)

    def _key_part(self, pattern: str, item: Any, name: str) -> Any:
        value = item.get(name) if isinstance(item, dict) else None
        path = f"{pattern}.{name}"
        # Azure may leave out what a sibling implies: a flow without outputStream goes to the table of its only stream.
        if value is None and path in self.type.comparison.inferred_from_sibling:
            others = item.get(self.type.comparison.inferred_from_sibling[path]) if isinstance(item, dict) else None
            value = others[0] if isinstance(others, list) and len(others) == 1 else None
        if isinstance(value, list):
            return tuple(sorted(str(self.normalize(path, part)) for part in value))
        return self.normalize(path, value)


def words_of(text: str) -> frozenset[str]:
    """The words that a text lists, between commas and in lower case; `None` is none."""
    return frozenset(word for part in text.split(",") if (word := part.strip().lower()) not in ("", "none"))


_RULES_BY_TYPE: dict[str, ComparisonRules] = {}


def comparison_rules(type_: ResourceType) -> ComparisonRules:
    """The comparison rules of a type, built once."""
    # Not functools.cache: a ResourceType holds mappings and so has no hash.
    rules = _RULES_BY_TYPE.get(type_.short_name)
    if rules is None or rules.type is not type_:
        rules = _RULES_BY_TYPE[type_.short_name] = _build_rules(type_)
    return rules


def _build_rules(type_: ResourceType) -> ComparisonRules:
    patterns = {
        *type_.comparison.read_only,
        *type_.comparison.case_insensitive,
        *type_.comparison.column_types,
        *type_.comparison.keyed_lists,
        *type_.comparison.unordered_lists,
        *type_.comparison.queries,
        *type_.comparison.fully_owned,
        *(risk["path"] for risk in type_.risk.change_risks),
    }
    maps = {pattern.split(".*", 1)[0] for pattern in patterns if ".*" in pattern}
    return ComparisonRules(
        type_,
        frozenset(maps),
        frozenset(type_.comparison.read_only),
        frozenset({*type_.comparison.read_only, *type_.comparison.create_only}),
    )


def externally_managed_names(type_: ResourceType, live: Body) -> frozenset[str]:
    """The names in a live body that its own data sources feed, or that nothing in it uses."""
    # A DCR may feed streams from agents beside those of the Logs Ingestion API; their declarations and flows stay.
    name_key = type_.comparison.externally_managed.get("by")
    if name_key is None:
        return frozenset()
    name_keys = {name_key, name_key.removesuffix("s")}
    fed = {
        name
        for path in type_.comparison.externally_managed["sources"]
        for name in _names_under(get_path(live, path), name_keys)
    }
    idle = {
        name
        for path, users in type_.comparison.externally_managed.get("idle", {}).items()
        for name in {*(get_path(live, path) or ())} - {*_names_under(get_path(live, users), name_keys)}
    }
    return frozenset(fed | idle)


def _names_under(value: Any, keys: set[str]) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in keys:
                yield from (name for name in (inner if isinstance(inner, list) else [inner]) if isinstance(name, str))
            else:
                yield from _names_under(inner, keys)
    elif isinstance(value, list):
        for inner in value:
            yield from _names_under(inner, keys)


def without_creation_choices(type_: ResourceType, desired: Body) -> Body:
    """The desired body without top-level properties that count, beside another one, at the creation alone."""
    ignored = {
        name for name, other in type_.comparison.create_only_beside.items() if get_path(desired, other) is not None
    }
    return {name: value for name, value in desired.items() if name not in ignored} if ignored else desired


def get_path(value: Any, path: str) -> Any:
    """The value at a dotted path of maps; None where there is none."""
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value
