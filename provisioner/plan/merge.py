"""What a write sends: the manifest's values laid over the live ones, so that nothing unmentioned is lost."""

from __future__ import annotations

import copy
from typing import Any

from provisioner.plan.compare import Comparison, relabelled, split
from provisioner.plan.comparison_rules import MISSING, Shape, at, foreign, shape
from provisioner.resources import Body, ResourceType


def merged(type_: ResourceType, desired: Body, live: Body, drops: frozenset[str] = frozenset()) -> Body:
    """The body of a PUT over an existing resource. `drops` are keys of list items that go (columns, by a named yes)."""
    return _Merge(type_, desired, live, drops).body


def patch(type_: ResourceType, desired: Body, live: Body) -> Body:
    """The body of a PATCH: what the manifest says and can change; tags whole, since PATCH replaces them."""
    form = shape(type_)
    body = {key: value for key, value in desired.items() if key not in type_.immutable and key != "tags"}
    body = _without(form, body, "", form.ignored)
    tags = {**(live.get("tags") or {}), **(desired.get("tags") or {})}
    return {**({"tags": tags} if tags else {}), **body}


class _Merge:
    def __init__(self, type_: ResourceType, desired: Body, live: Body, drops: frozenset[str]) -> None:
        self.shape: Shape = shape(type_)
        self._drops = drops
        self._foreign = foreign(type_, live)
        self._comparison = Comparison(type_, desired, live)
        ours = relabelled(self.shape, desired, live)
        self.body: Body = self._maps(ours, _without(self.shape, live, "", self.shape.read_only), "")
        self._withhold(desired, live)

    def _values(self, desired: Any, live: Any, pattern: str) -> Any:
        if pattern in self.shape.type.create_only and live is not MISSING:
            return live
        if pattern == "tags" and live is None:
            live = {}
        if isinstance(desired, dict) and isinstance(live, dict):
            return self._maps(desired, live, pattern)
        if isinstance(desired, list) and isinstance(live, list) and pattern in self.shape.type.keyed:
            return self._keyed(desired, live, pattern)
        if live is not MISSING and not isinstance(desired, (dict, list)) and self.shape.same(pattern, desired, live):
            return live
        return copy.deepcopy(desired)

    def _maps(self, desired: dict[str, Any], live: dict[str, Any], pattern: str) -> dict[str, Any]:
        owned = pattern in self.shape.type.whole
        made = {
            key: copy.deepcopy(value)
            for key, value in live.items()
            if not owned or key in desired or key in self._foreign
        }
        for key, value in desired.items():
            twin = self._tag(key, live) if pattern == "tags" else key
            made[twin] = self._values(value, live.get(twin, MISSING), self.shape.child(pattern, key))
        return made

    def _keyed(self, desired: list[Any], live: list[Any], pattern: str) -> list[Any]:
        ours = {self.shape.key(pattern, item): item for item in split(self.shape, pattern, desired)}
        owned, used, made = pattern in self.shape.type.whole, set(), []
        for item in live:
            parts = list(split(self.shape, pattern, [item]))
            keys = [self.shape.key(pattern, part) for part in parts]
            if len(parts) == 1 and keys[0] in ours and keys[0] not in used:
                made.append(self._values(ours[keys[0]], item, f"{pattern}[]"))
                used.add(keys[0])
            elif len(parts) > 1 and all(key in ours for key in keys) and self._unchanged(ours, keys, parts, pattern):
                made.append(copy.deepcopy(item))
                used.update(keys)
            elif self._kept(item, pattern, owned=owned):
                made.append(copy.deepcopy(item))
        return made + [copy.deepcopy(item) for key, item in ours.items() if key not in used]

    def _unchanged(self, ours: dict[Any, Any], keys: list[Any], parts: list[Any], pattern: str) -> bool:
        """Whether a live item that stands for several may stay as it is."""
        pairs = zip(keys, parts, strict=True)
        return not any(list(self._comparison._values(ours[key], part, "", f"{pattern}[]", "")) for key, part in pairs)  # noqa: SLF001 - one room

    def _kept(self, item: Any, pattern: str, *, owned: bool) -> bool:
        if self._drops and isinstance(item, dict) and self.shape.label(pattern, item) in self._drops:
            return False
        return not owned or self._comparison.others(pattern, item)

    @staticmethod
    def _tag(key: str, live: dict[str, Any]) -> str:
        return key if key in live else next((each for each in live if each.lower() == key.lower()), key)

    def _withhold(self, desired: Body, live: Body) -> None:
        """A live value that is only a default must not be sent as if somebody had chosen it."""
        for path, flag in self.shape.type.as_default.items():
            if at(live, flag) is True and at(desired, path) is None:
                _remove(self.body, path)
        for path, conditions in self.shape.type.withheld.items():
            if at(desired, path) is None and any(at(self.body, one) in values for one, values in conditions.items()):
                _remove(self.body, path)


def _without(form: Shape, value: Any, pattern: str, paths: frozenset[str]) -> Any:
    """A copy without some properties."""
    if isinstance(value, dict):
        return {
            key: _without(form, inner, below, paths)
            for key, inner in value.items()
            if (below := form.child(pattern, key)) not in paths
        }
    if isinstance(value, list):
        return [_without(form, inner, f"{pattern}[]", paths) for inner in value]
    return value


def _remove(value: Body, path: str) -> None:
    parent, _, key = path.rpartition(".")
    holder = at(value, parent) if parent else value
    if isinstance(holder, dict):
        holder.pop(key, None)
