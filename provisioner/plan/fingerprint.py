"""One short word for "this manifest against that Azure": free of time and of who runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from provisioner.plan.change import Change
from provisioner.plan.comparison_rules import Shape, shape
from provisioner.resources import Graph, Param, Ref, Resource, substitute


def fingerprint(desired: Graph, changes: Iterable[Change], principal: str | None) -> str:
    """A hash over what is wanted and over how live differs from it in the declared shape."""
    wanted = [[*resource.key, _normal(resource, principal)] for resource in desired]
    found = [_state(change, principal) for change in changes]
    return _hash([wanted, found])


def digest(change: Change) -> str:
    """A hash of one resource's difference: it moves when somebody else touches what the manifest declares."""
    return _hash(_state(change, None))


def _state(change: Change, principal: str | None) -> Any:
    deltas = [[each.path, each.before, each.after] for each in change.deltas]
    return _masked([change.action, *change.key, deltas, sorted(change.drops)], principal)


def _normal(resource: Resource, principal: str | None) -> Any:
    body = substitute(resource.body, lambda each: list(each.key) if isinstance(each, Ref) else f"param:{each.name}")
    return _masked(_walk(shape(resource.type), body, ""), principal)


def _walk(form: Shape, value: Any, pattern: str) -> Any:
    if isinstance(value, dict):
        return {key: _walk(form, inner, form.child(pattern, key)) for key, inner in sorted(value.items())}
    if isinstance(value, list):
        items = [_walk(form, inner, f"{pattern}[]") for inner in value]
        ordered = pattern not in form.type.keyed and pattern not in form.type.unordered
        return items if ordered else sorted(items, key=_text)
    return form.normal(pattern, value)


def _masked(value: Any, principal: str | None) -> Any:
    """The acting identity's own id, as the word that the manifest has for it."""
    if principal is None:
        return value
    return json.loads(_text(value).replace(principal, f"param:{Param('principalId').name}"))


def _hash(value: Any) -> str:
    return hashlib.sha256(_text(value).encode()).hexdigest()[:16]


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
