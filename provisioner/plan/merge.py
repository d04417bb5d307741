"""The body that a write sends: the manifest's values merged into the live ones.

A PUT replaces the resource, so that whatever the manifest does not mention must be sent back or is lost.
"""

from __future__ import annotations

import copy
from typing import Any

from provisioner.plan.compare import Comparison, split_items, with_live_labels
from provisioner.plan.comparison_rules import (
    MISSING,
    ComparisonRules,
    comparison_rules,
    externally_managed_names,
    get_path,
    without_creation_choices,
    words_of,
)
from provisioner.resources import Body, ResourceType


def merge_body(type_: ResourceType, desired: Body, live: Body, removed_columns: frozenset[str] = frozenset()) -> Body:
    """The body of a PUT over an existing resource. `removed_columns` are live columns that are left out."""
    return _BodyMerger(type_, desired, live, removed_columns).body


def patch_body(type_: ResourceType, desired: Body, live: Body) -> Body:
    """The body of a PATCH: what the manifest declares and Azure can change."""
    rules = comparison_rules(type_)
    body = {key: value for key, value in desired.items() if key not in type_.write.immutable and key != "tags"}
    body = _without_paths(rules, body, "", rules.ignored)
    for path in type_.write.patched_whole:
        parent, _, name = path.rpartition(".")
        own, theirs = get_path(body, path), get_path(_without_paths(rules, live, "", rules.read_only), path)
        if isinstance(own, dict) and isinstance(theirs, dict):
            get_path(body, parent)[name] = {**theirs, **own}
    # PATCH replaces the tags as a whole; those that others have set are sent back.
    tags = {**(live.get("tags") or {}), **desired["tags"]} if desired.get("tags") else {}
    return {**({"tags": tags} if tags else {}), **body}


class _BodyMerger:
    def __init__(self, type_: ResourceType, desired: Body, live: Body, removed_columns: frozenset[str]) -> None:
        self.rules: ComparisonRules = comparison_rules(type_)
        self._removed_columns = removed_columns
        self._external_names = externally_managed_names(type_, live)
        self._comparison = Comparison(type_, desired, live)
        relabelled = with_live_labels(self.rules, without_creation_choices(type_, desired), live)
        self.body: Body = self._merge_maps(relabelled, _without_paths(self.rules, live, "", self.rules.read_only), "")
        self._omit_defaults(desired, live)

    def _merge_values(self, desired: Any, live: Any, pattern: str) -> Any:
        if pattern in self.rules.type.comparison.create_only and live is not MISSING:
            return live
        # `tags` may be null in a live body.
        if pattern == "tags" and live is None:
            live = {}
        if isinstance(desired, dict) and isinstance(live, dict):
            return self._merge_maps(desired, live, pattern)
        if isinstance(desired, list) and isinstance(live, list) and pattern in self.rules.type.comparison.keyed_lists:
            return self._merge_keyed_lists(desired, live, pattern)
        if (
            live is not MISSING
            and not isinstance(desired, (dict, list))
            and self.rules.is_same_value(pattern, desired, live)
        ):
            return live  # the two mean the same, and Azure's spelling stays
        if pattern in self.rules.type.comparison.word_lists and isinstance(live, str) and isinstance(desired, str):
            return _joined_words(desired, live)
        return copy.deepcopy(desired)

    def _merge_maps(self, desired: dict[str, Any], live: dict[str, Any], pattern: str) -> dict[str, Any]:
        fully_owned = pattern in self.rules.type.comparison.fully_owned
        merged = {
            key: copy.deepcopy(value)
            for key, value in live.items()
            if not fully_owned or key in desired or key in self._external_names
        }
        for key, value in desired.items():
            live_key = self._live_tag_name(key, live) if pattern == "tags" else key
            merged[live_key] = self._merge_values(
                value, live.get(live_key, MISSING), self.rules.child_pattern(pattern, key)
            )
        return merged

    def _merge_keyed_lists(self, desired: list[Any], live: list[Any], pattern: str) -> list[Any]:
        desired_of = {self.rules.item_key(pattern, item): item for item in split_items(self.rules, pattern, desired)}
        fully_owned, used, merged = pattern in self.rules.type.comparison.fully_owned, set(), []
        # Live order is kept and new items are appended: a write changes no more than it must.
        for item in live:
            parts = list(split_items(self.rules, pattern, [item]))
            keys = [self.rules.item_key(pattern, part) for part in parts]
            if len(parts) == 1 and keys[0] in desired_of and keys[0] not in used:
                merged.append(self._merge_values(desired_of[keys[0]], item, f"{pattern}[]"))
                used.add(keys[0])
            elif (
                len(parts) > 1
                and all(key in desired_of for key in keys)
                and self._is_unchanged(desired_of, keys, parts, pattern)
            ):
                merged.append(copy.deepcopy(item))
                used.update(keys)
            elif self._is_kept(item, pattern, owned=fully_owned):
                merged.append(copy.deepcopy(item))
        return merged + [copy.deepcopy(item) for key, item in desired_of.items() if key not in used]

    def _is_unchanged(self, desired_of: dict[Any, Any], keys: list[Any], parts: list[Any], pattern: str) -> bool:
        """Whether a live item that stands for several (a flow of two streams) equals the desired ones and may stay."""
        pairs = zip(keys, parts, strict=True)
        return not any(
            list(self._comparison.compare_values(desired_of[key], part, "", f"{pattern}[]", "")) for key, part in pairs
        )

    def _is_kept(self, item: Any, pattern: str, *, owned: bool) -> bool:
        if (
            self._removed_columns
            and isinstance(item, dict)
            and self.rules.item_label(pattern, item) in self._removed_columns
        ):
            return False
        # In a fully owned list the manifest lists every item; what it does not list goes, unless others manage it.
        return not owned or self._comparison.is_externally_managed(pattern, item)

    @staticmethod
    def _live_tag_name(key: str, live: dict[str, Any]) -> str:
        return key if key in live else next((name for name in live if name.lower() == key.lower()), key)

    def _omit_defaults(self, desired: Body, live: Body) -> None:
        """Leave out live values that a write must not send back."""
        # A default sent back as a value would become a choice, and no longer follow the workspace's default.
        for path, flag in self.rules.type.comparison.default_flags.items():
            if get_path(live, flag) is True and get_path(desired, path) is None:
                _remove_path(self.body, path)
        # The retention that Azure shows for plans Basic and Auxiliary is fixed; it refuses the property in a write.
        for path, conditions in self.rules.type.write.omit_on_write.items():
            if get_path(desired, path) is None and any(
                get_path(self.body, condition) in values for condition, values in conditions.items()
            ):
                _remove_path(self.body, path)


def _joined_words(desired: str, live: str) -> str:
    """A text that lists the live words and the desired ones: an identity of both kinds stays one of both."""
    # Azure's own order and spelling stay, so that a second plan finds nothing to change.
    kept = [part.strip() for part in live.split(",") if words_of(part)]
    added = [part.strip() for part in desired.split(",") if not words_of(part) <= words_of(live)]
    return ", ".join([*kept, *added])


def _without_paths(rules: ComparisonRules, value: Any, pattern: str, paths: frozenset[str]) -> Any:
    """A copy without the properties of some patterns."""
    if isinstance(value, dict):
        return {
            key: _without_paths(rules, inner, inner_pattern, paths)
            for key, inner in value.items()
            if (inner_pattern := rules.child_pattern(pattern, key)) not in paths
        }
    if isinstance(value, list):
        return [_without_paths(rules, inner, f"{pattern}[]", paths) for inner in value]
    return value


def _remove_path(value: Body, path: str) -> None:
    parent_path, _, key = path.rpartition(".")
    parent_value = get_path(value, parent_path) if parent_path else value
    if isinstance(parent_value, dict):
        parent_value.pop(key, None)
