"""The differences between a desired and a live body.

Only what the manifest declares is compared: properties that Azure adds, its order of lists and its spelling of ids,
regions and types are no differences.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioner import kql
from provisioner.plan.change import Delta
from provisioner.plan.comparison_rules import (
    MISSING,
    ComparisonRules,
    comparison_rules,
    externally_managed_names,
    get_path,
    without_creation_choices,
)
from provisioner.resources import Body, ResourceType
from provisioner.resources.expansion_context import OWNER_TAG
from provisioner.suggest import unused_name

SAME_QUERY = "same query"
"""The note on a transform that differs in layout or comments only."""


class Comparison:
    """The deltas between two bodies of one type, and notes on what differs without being a change."""

    def __init__(self, type_: ResourceType, desired: Body, live: Body) -> None:
        self.rules: ComparisonRules = comparison_rules(type_)
        self.live = live
        self.notes: list[str] = []
        self._external_names = externally_managed_names(type_, live)
        counted = without_creation_choices(type_, desired)
        for name, note in type_.comparison.creation_notes.items():
            if (
                name in desired
                and name not in counted
                and not self.rules.is_same_value(name, desired[name], live.get(name))
            ):
                self.notes.append(f"{name}: {note}")
        relabelled = with_live_labels(self.rules, counted, live)
        self._labels = _label_names(self.rules, relabelled)
        deltas = tuple(self._compare_maps(relabelled, live, "", ""))
        absent_tag = len(deltas) == 1 and deltas[0].path == f"tags.{OWNER_TAG}" and deltas[0].before is None
        # A missing owner tag alone is no change: taking over a resource made elsewhere would else start with a write
        # that changes nothing for its users. The next write that is needed anyway brings the tag.
        self.deltas: tuple[Delta, ...] = () if absent_tag else deltas

    def compare_values(self, desired: Any, live: Any, path: str, pattern: str, name: str) -> Iterator[Delta]:
        """The differences at one path; `live` is MISSING where the live body has nothing there.

        `pattern` and `name` are those of `Delta`.
        """
        if pattern in self.rules.ignored:
            return
        # `tags` may be null or absent in a live body; each desired tag is then a delta of its own.
        if pattern == "tags" and isinstance(desired, dict) and (live is MISSING or live is None):
            live = {}
        if isinstance(desired, dict):
            if live is MISSING or not isinstance(live, dict):
                if not self.rules.is_empty_value(pattern, desired):
                    yield Delta(path, None if live is MISSING else live, desired, pattern, name)
                return
            yield from self._compare_maps(desired, live, path, pattern, name)
        elif isinstance(desired, list):
            yield from self._compare_lists(desired, live, path, pattern, name)
        elif not self._is_equal(desired, live, pattern, path):
            yield Delta(path, None if live is MISSING else live, desired, pattern, name)

    def _compare_maps(
        self, desired: dict[str, Any], live: dict[str, Any], path: str, pattern: str, name: str = ""
    ) -> Iterator[Delta]:
        for key, value in desired.items():
            child_pattern = self.rules.child_pattern(pattern, key)
            live_value = self._live_value(desired, live, key, child_pattern)
            yield from self.compare_values(
                value, live_value, _join_path(path, key), child_pattern, key if child_pattern.endswith("*") else name
            )
        if pattern in self.rules.type.comparison.fully_owned:
            for key in [
                live_key for live_key in live if live_key not in desired and live_key not in self._external_names
            ]:
                yield Delta(_join_path(path, key), live[key], None, self.rules.child_pattern(pattern, key), key)

    def _live_value(self, desired: dict[str, Any], live: dict[str, Any], key: str, pattern: str) -> Any:
        """The live value at a key; MISSING where there is none."""
        # Azure keeps the case of a tag's name and compares without it.
        # Source: https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources
        if pattern.startswith("tags.") and key not in live:
            key = next((live_key for live_key in live if live_key.lower() == key.lower()), key)
        # -1 asks for the default; Azure answers with the default's number and a flag beside it.
        flag = self.rules.type.comparison.default_flags.get(pattern)
        if flag and desired.get(key) == -1 and live.get(flag.rpartition(".")[2]) is True:
            return -1
        return live.get(key, MISSING)

    def _compare_lists(self, desired: list[Any], live: Any, path: str, pattern: str, name: str) -> Iterator[Delta]:
        if not isinstance(live, list):
            if not self.rules.is_empty_value(pattern, desired):
                yield Delta(path, None if live is MISSING else live, desired, pattern, name)
        elif pattern in self.rules.type.comparison.keyed_lists:
            yield from self._compare_keyed_lists(desired, live, path, pattern)
        elif not self._has_same_items(desired, live, pattern):
            yield Delta(path, live, desired, pattern, name)

    def _compare_keyed_lists(self, desired: list[Any], live: list[Any], path: str, pattern: str) -> Iterator[Delta]:
        # Several live items may have one key (flows of one stream into one table): they pair up in order.
        live_items: dict[tuple[Any, ...], list[Any]] = {}
        for item in split_items(self.rules, pattern, live):
            live_items.setdefault(self.rules.item_key(pattern, item), []).append(item)
        for item in split_items(self.rules, pattern, desired):
            label = self.rules.item_label(pattern, item)
            item_path = f"{path}[{label}]"
            matching_items = live_items.get(self.rules.item_key(pattern, item))
            if matching_items:
                yield from self.compare_values(item, matching_items.pop(0), item_path, f"{pattern}[]", label)
            else:
                yield Delta(item_path, None, item, f"{pattern}[]", label)
        if pattern in self.rules.type.comparison.fully_owned:
            for item in [
                candidate
                for remaining in live_items.values()
                for candidate in remaining
                if not self.is_externally_managed(pattern, candidate)
            ]:
                label = self.rules.item_label(pattern, item)
                yield Delta(f"{path}[{label}]", item, None, f"{pattern}[]", label)

    def is_externally_managed(self, pattern: str, item: Any) -> bool:
        """Whether a live list item belongs to others: fed by the DCR's own data sources, or for another destination."""
        feeding_key = self.rules.type.comparison.externally_managed.get("by")
        if feeding_key and set(item.get(feeding_key) or ()) & self._external_names:
            return True
        for labelled_path in self.rules.type.comparison.local_names.values():
            list_path, _, field = labelled_path.rpartition("[].")
            if list_path == pattern and item.get(field) and not set(item[field]) & self._labels:
                return True
        return False

    def _has_same_items(self, desired: list[Any], live: list[Any], pattern: str) -> bool:
        desired_items = [self.rules.normalize(f"{pattern}[]", item) for item in desired]
        live_items = [self.rules.normalize(f"{pattern}[]", item) for item in live]
        if pattern in self.rules.type.comparison.unordered_lists:
            return sorted(map(str, desired_items)) == sorted(map(str, live_items))
        return desired_items == live_items

    def _is_equal(self, desired: Any, live: Any, pattern: str, path: str) -> bool:
        if live is MISSING or live is None:
            return self.rules.is_empty_value(pattern, desired) or self._is_implied(desired, pattern)
        if self.rules.is_same_value(pattern, desired, live):
            return True
        if isinstance(desired, str) and isinstance(live, str) and self.rules.has_words(pattern, desired, live):
            return True
        # Binding two queries is dear; equal texts have been answered above.
        if pattern in self.rules.type.comparison.queries and isinstance(live, str) and is_same_query(desired, live):
            self.notes.append(f"{path}: {SAME_QUERY}, another layout")
            return True
        return False

    def _is_implied(self, desired: Any, pattern: str) -> bool:
        """Whether Azure may leave the property out because a sibling implies it; the items' keys were equal already."""
        return pattern in self.rules.type.comparison.inferred_from_sibling and isinstance(desired, str)


def is_same_query(a: str, b: str) -> bool:
    """Whether two KQL texts are equal but for layout and comments."""
    return bool(kql.same(a, b))


def split_items(rules: ComparisonRules, pattern: str, items: list[Any]) -> Iterator[Any]:
    """List items; one that stands for several (a flow of two streams) is yielded once per value."""
    split_key = rules.type.comparison.split_items.get(pattern)
    for item in items:
        values = item.get(split_key) if split_key and isinstance(item, dict) else None
        if split_key and isinstance(values, list) and len(values) > 1:
            yield from ({**item, split_key: [value]} for value in values)
        else:
            yield item


def with_live_labels(rules: ComparisonRules, desired: Body, live: Body) -> Body:
    """The desired body with the live names of list items whose names matter only inside the body.

    A destination of a DCR may have any name; renaming it would be a write without an effect.
    """
    import copy

    # The caller's body is not touched: the plan keeps it and shows it.
    relabelled = desired
    for label_path, user_path in rules.type.comparison.local_names.items():
        list_path, _, field = label_path.rpartition("[].")
        user_list_path, _, list_field = user_path.rpartition("[].")
        desired_items, live_items = get_path(relabelled, list_path), get_path(live, list_path)
        if not isinstance(desired_items, list) or not isinstance(live_items, list):
            continue
        names = _label_renames(rules, list_path, field, desired_items, live_items)
        if not names:
            continue
        relabelled = copy.deepcopy(relabelled)
        for item in get_path(relabelled, list_path):
            item[field] = names.get(item.get(field), item.get(field))
        for item in get_path(relabelled, user_list_path) or ():
            item[list_field] = [names.get(label, label) for label in item.get(list_field) or ()]
    return relabelled


def _label_renames(
    rules: ComparisonRules, list_path: str, field: str, desired_items: list[Any], live_items: list[Any]
) -> dict[str, str]:
    """Desired label → live label of the item with the same key.

    A desired label that live uses for another item gets a number, since labels are unique within a body.
    """
    live_label_of = {rules.item_key(list_path, item): item.get(field) for item in live_items}
    names = {
        item[field]: live_label_of[rules.item_key(list_path, item)]
        for item in desired_items
        if rules.item_key(list_path, item) in live_label_of
    }
    used_labels = set(live_label_of.values())
    for item in desired_items:
        label = item[field]
        if label not in names and label in used_labels:
            names[label] = unused_name(label, used_labels, separator="-", start=2)
    return {
        desired_label: live_label
        for desired_label, live_label in names.items()
        if live_label and desired_label != live_label
    }


def _label_names(rules: ComparisonRules, body: Body) -> frozenset[str]:
    labels: set[Any] = set()
    for label_path in rules.type.comparison.local_names:
        list_path, _, field = label_path.rpartition("[].")
        labels.update(item.get(field) for item in get_path(body, list_path) or ())
    return frozenset(label for label in labels if label)


def _join_path(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
