"""Desired against live, in the shape of what was declared: what Azure adds, orders or spells is no difference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioner import kql
from provisioner.plan.change import Delta
from provisioner.plan.comparison_rules import MISSING, Shape, at, foreign, shape
from provisioner.resources import Body, ResourceType
from provisioner.resources.expansion_context import OWNER_TAG

SAME_QUERY = "same query"
"""Said where a text differs in layout or comments only."""


class Comparison:
    """The deltas between two bodies of one type, and what is worth a word though it is no delta."""

    def __init__(self, type_: ResourceType, desired: Body, live: Body) -> None:
        self.shape: Shape = shape(type_)
        self.live = live
        self.notes: list[str] = []
        self._foreign = foreign(type_, live)
        ours = relabelled(self.shape, desired, live)
        self._labels = _labels(self.shape, ours)
        found = tuple(self._maps(ours, live, "", ""))
        absent_tag = len(found) == 1 and found[0].path == f"tags.{OWNER_TAG}" and found[0].before is None
        # A missing mark of ownership alone is never a change; the next write brings it.
        self.deltas: tuple[Delta, ...] = () if absent_tag else found

    def _values(self, desired: Any, live: Any, path: str, pattern: str, name: str) -> Iterator[Delta]:
        if pattern in self.shape.ignored:
            return
        if pattern == "tags" and isinstance(desired, dict) and (live is MISSING or live is None):
            live = {}
        if isinstance(desired, dict):
            if live is MISSING or not isinstance(live, dict):
                if not self.shape.empty(pattern, desired):
                    yield Delta(path, None if live is MISSING else live, desired, pattern, name)
                return
            yield from self._maps(desired, live, path, pattern, name)
        elif isinstance(desired, list):
            yield from self._lists(desired, live, path, pattern, name)
        elif not self._equal(desired, live, pattern, path):
            yield Delta(path, None if live is MISSING else live, desired, pattern, name)

    def _maps(
        self, desired: dict[str, Any], live: dict[str, Any], path: str, pattern: str, name: str = ""
    ) -> Iterator[Delta]:
        for key, value in desired.items():
            below = self.shape.child(pattern, key)
            found = self._by_default(desired, live, key, below)
            yield from self._values(value, found, _join(path, key), below, key if below.endswith("*") else name)
        if pattern in self.shape.type.whole:
            for key in [each for each in live if each not in desired and each not in self._foreign]:
                yield Delta(_join(path, key), live[key], None, self.shape.child(pattern, key), key)

    def _by_default(self, desired: dict[str, Any], live: dict[str, Any], key: str, pattern: str) -> Any:
        """The live value; a tag's name is found in any case, and -1 meets the value that is only the default."""
        if pattern.startswith("tags.") and key not in live:
            key = next((each for each in live if each.lower() == key.lower()), key)
        flag = self.shape.type.as_default.get(pattern)
        if flag and desired.get(key) == -1 and live.get(flag.rpartition(".")[2]) is True:
            return -1
        return live.get(key, MISSING)

    def _lists(self, desired: list[Any], live: Any, path: str, pattern: str, name: str) -> Iterator[Delta]:
        if not isinstance(live, list):
            if not self.shape.empty(pattern, desired):
                yield Delta(path, None if live is MISSING else live, desired, pattern, name)
        elif pattern in self.shape.type.keyed:
            yield from self._keyed(desired, live, path, pattern)
        elif not self._same_items(desired, live, pattern):
            yield Delta(path, live, desired, pattern, name)

    def _keyed(self, desired: list[Any], live: list[Any], path: str, pattern: str) -> Iterator[Delta]:
        theirs: dict[tuple[Any, ...], list[Any]] = {}
        for item in split(self.shape, pattern, live):
            theirs.setdefault(self.shape.key(pattern, item), []).append(item)
        for item in split(self.shape, pattern, desired):
            label = self.shape.label(pattern, item)
            place = f"{path}[{label}]"
            twins = theirs.get(self.shape.key(pattern, item))
            if twins:
                yield from self._values(item, twins.pop(0), place, f"{pattern}[]", label)
            else:
                yield Delta(place, None, item, f"{pattern}[]", label)
        if pattern in self.shape.type.whole:
            for item in [each for left in theirs.values() for each in left if not self.others(pattern, each)]:
                label = self.shape.label(pattern, item)
                yield Delta(f"{path}[{label}]", item, None, f"{pattern}[]", label)

    def others(self, pattern: str, item: Any) -> bool:
        """Whether a live item is somebody else's: fed by the rule's own sources, or for another destination."""
        by = self.shape.type.foreign.get("by")
        if by and set(item.get(by) or ()) & self._foreign:
            return True
        for used in self.shape.type.labels.values():
            where, _, field = used.rpartition("[].")
            if where == pattern and item.get(field) and not set(item[field]) & self._labels:
                return True
        return False

    def _same_items(self, desired: list[Any], live: list[Any], pattern: str) -> bool:
        ours = [self.shape.normal(f"{pattern}[]", each) for each in desired]
        theirs = [self.shape.normal(f"{pattern}[]", each) for each in live]
        if pattern in self.shape.type.unordered:
            return sorted(map(str, ours)) == sorted(map(str, theirs))
        return ours == theirs

    def _equal(self, desired: Any, live: Any, pattern: str, path: str) -> bool:
        if live is MISSING or live is None:
            return self.shape.empty(pattern, desired) or self._implied(desired, pattern)
        if self.shape.same(pattern, desired, live):
            return True
        if pattern in self.shape.type.queries and isinstance(live, str) and same_query(desired, live):
            self.notes.append(f"{path}: {SAME_QUERY}, another layout")
            return True
        return False

    def _implied(self, desired: Any, pattern: str) -> bool:
        """A property that Azure leaves out because its sibling says it; the key has compared them already."""
        return pattern in self.shape.type.same_as and isinstance(desired, str)


def same_query(a: str, b: str) -> bool:
    """Whether two texts are one query but for layout and comments."""
    return bool(kql.same(a, b))


def split(form: Shape, pattern: str, items: list[Any]) -> Iterator[Any]:
    """List items, those that stand for several taken apart."""
    by = form.type.split.get(pattern)
    for item in items:
        values = item.get(by) if by and isinstance(item, dict) else None
        if by and isinstance(values, list) and len(values) > 1:
            yield from ({**item, by: [value]} for value in values)
        else:
            yield item


def relabelled(form: Shape, desired: Body, live: Body) -> Body:
    """The desired body with the live names of things whose names mean something only inside the body."""
    import copy

    ours = desired
    for given, used in form.type.labels.items():
        where, _, field = given.rpartition("[].")
        user, _, list_field = used.rpartition("[].")
        mine, theirs = at(ours, where), at(live, where)
        if not isinstance(mine, list) or not isinstance(theirs, list):
            continue
        names = _renaming(form, where, field, mine, theirs)
        if not names:
            continue
        ours = copy.deepcopy(ours)
        for item in at(ours, where):
            item[field] = names.get(item.get(field), item.get(field))
        for item in at(ours, user) or ():
            item[list_field] = [names.get(each, each) for each in item.get(list_field) or ()]
    return ours


def _renaming(form: Shape, where: str, field: str, mine: list[Any], theirs: list[Any]) -> dict[str, str]:
    """Our label → the live one of the same thing; a live label of another thing is not taken a second time."""
    live = {form.key(where, each): each.get(field) for each in theirs}
    names = {each[field]: live[form.key(where, each)] for each in mine if form.key(where, each) in live}
    taken = set(live.values())
    for each in mine:
        label = each[field]
        if label not in names and label in taken:
            names[label] = next(new for n in range(2, len(taken) + 3) if (new := f"{label}-{n}") not in taken)
    return {ours: found for ours, found in names.items() if found and ours != found}


def _labels(form: Shape, body: Body) -> frozenset[str]:
    found: set[Any] = set()
    for given in form.type.labels:
        where, _, field = given.rpartition("[].")
        found.update(each.get(field) for each in at(body, where) or ())
    return frozenset(each for each in found if each)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
