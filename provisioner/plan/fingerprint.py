"""Fingerprints: short hashes by which a saved plan, or one change, is recognised as still valid."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from provisioner.plan.change import Change
from provisioner.plan.comparison_rules import ComparisonRules, comparison_rules
from provisioner.resources import Graph, Param, Ref, Resource, substitute


def plan_fingerprint(desired: Graph, changes: Iterable[Change], principal: str | None) -> str:
    """A hash (16 hex digits) of the desired bodies and of how live differs from them.

    It does not depend on time, on the order of requests, or on the acting identity (`principal`, an object id).
    """
    bodies = [[*resource.key, _normalized_body(resource, principal)] for resource in desired]
    states = [_change_state(change, principal) for change in changes]
    return _hash([bodies, states])


def change_digest(change: Change) -> str:
    """A hash of one change: a different one means that the live resource changed since the plan."""
    return _hash(_change_state(change, None))


def _change_state(change: Change, principal: str | None) -> Any:
    deltas = [[delta.path, delta.before, delta.after] for delta in change.deltas]
    state = [change.action, *change.key, deltas, sorted(change.removed_columns)]
    # Only where there is one: a plan without it keeps the fingerprint that it had.
    state += [change.conversion] if change.conversion else []
    return _mask_principal(state, principal)


def _normalized_body(resource: Resource, principal: str | None) -> Any:
    body = substitute(resource.body, lambda value: list(value.key) if isinstance(value, Ref) else f"param:{value.name}")
    return _mask_principal(_normalize_values(comparison_rules(resource.type), body, ""), principal)


def _normalize_values(rules: ComparisonRules, value: Any, pattern: str) -> Any:
    if isinstance(value, dict):
        return {
            key: _normalize_values(rules, inner, rules.child_pattern(pattern, key))
            for key, inner in sorted(value.items())
        }
    if isinstance(value, list):
        items = [_normalize_values(rules, inner, f"{pattern}[]") for inner in value]
        ordered = (
            pattern not in rules.type.comparison.keyed_lists and pattern not in rules.type.comparison.unordered_lists
        )
        return items if ordered else sorted(items, key=_text)
    return rules.normalize(pattern, value)


def _mask_principal(value: Any, principal: str | None) -> Any:
    """The value with the acting identity's object id replaced by the parameter that `principal: self` stands for.

    A plan reviewed by a person must hold when a pipeline's identity applies it.
    """
    if principal is None:
        return value
    return json.loads(_text(value).replace(principal, f"param:{Param('principalId').name}"))


def _hash(value: Any) -> str:
    # 64 bits tell plans apart and are short enough to be read out and compared by eye.
    return hashlib.sha256(_text(value).encode()).hexdigest()[:16]


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
