"""Functions of arrays, and those that take arrays and objects as sets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from provisioner.template.evaluation_context import Context
from provisioner.template.functions.registry import CannotEvaluate, group
from provisioner.template.json_values import equal, find_key, identity, type_of
from provisioner.template.template_facts import limit

function = group("array")
# The page of `range` names this bound for start and count together.
_INT_MOST = 2**31 - 1


@function("array(value: any) -> array", partial=True)
def array(value: Any) -> list[Any]:
    """The array itself, or an array with the value as its one member."""
    return value if isinstance(value, list) else [value]


@function("createArray(items: any*) -> array", partial=True, grows=True)
def create_array(*items: Any) -> list[Any]:
    """An array of the arguments."""
    return list(items)


@function("flatten(arrays: array) -> array", grows=True)
def flatten(arrays: list[Any]) -> list[Any]:
    """The members of an array of arrays, one level taken away."""
    if not all(isinstance(part, list) for part in arrays):
        raise CannotEvaluate("every member must be an array")
    return [member for part in arrays for member in part]


@function("range(start: int, count: int) -> array", grows=True)
def range_(start: int, count: int) -> list[int]:
    """Whole numbers from a start, one apart."""
    most = limit("range_items")
    if not 0 <= count <= most or start + count > _INT_MOST:
        raise CannotEvaluate(f"the count must be from 0 to {most}, and start and count together at most {_INT_MOST}")
    return list(range(start, start + count))


@function("indexFromEnd(items: array, index: int) -> any")
def index_from_end(items: list[Any], index: int) -> Any:
    """The member at a place counted from the end, from 1."""
    if not 1 <= index <= len(items):
        raise CannotEvaluate(f"the array has {len(items)} members: there is no member {index} from its end")
    return items[-index]


@function("tryIndexFromEnd(items: array|null, index: int, path: string|int*) -> any")
def try_index_from_end(items: list[Any] | None, index: int, *path: str | int) -> Any:
    """The member at a place counted from the end, and a path into it; null where there is none."""
    if items is None or not 1 <= index <= len(items):
        return None
    return member_at(items[-index], path)


def member_at(value: Any, path: tuple[Any, ...]) -> Any:
    """What lies at a path of names and indexes. Raises CannotEvaluate where the value has no such member."""
    for key in path:
        name = find_key(value, key) if isinstance(value, dict) and isinstance(key, str) else None
        if name is not None:
            value = value[name]
        elif isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
            value = value[key]
        else:
            raise CannotEvaluate(f"the language expression property '{key}' doesn't exist")
    return value


@function("union(first: array|object, second: array|object, more: array|object*) -> any", style="context", grows=True)
def union(*collections: Any, context: Context) -> Any:
    """All members once, in the order in which they first stand; objects merged, in every depth, the later one winning.

    Arrays inside objects are not merged: the page of `union` shows so.
    """
    _check_alike(collections)
    context.evaluation.budget.spend(sum(map(len, collections)))
    if isinstance(collections[0], list):
        return _distinct(member for part in collections for member in part)
    merged: dict[str, Any] = {}
    for part in collections:
        merged = _merged(merged, part)
    return merged


@function("distinct(items: array) -> array", style="context")
def distinct(items: list[Any], *, context: Context) -> list[Any]:
    """The members once each, in the order in which they first stand."""
    context.evaluation.budget.spend(len(items))
    return _distinct(items)


def _distinct(members: Iterable[Any]) -> list[Any]:
    """The members once each, where they first stand."""
    # A dict keeps the order of first sight, and makes the union linear.
    first: dict[Any, Any] = {}
    for member in members:
        first.setdefault(identity(member), member)
    return list(first.values())


def _merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    # Names of properties are the same in any case; the first spelling stays.
    lowered = {key.lower(): key for key in base}
    for key, value in changes.items():
        name = lowered.setdefault(key.lower(), key)
        before = merged.get(name)
        merged[name] = _merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return merged


@function("intersection(first: array|object, second: array|object, more: array|object*) -> any", style="context")
def intersection(*collections: Any, context: Context) -> Any:
    """The members that all arrays have, or the properties that all objects have with the same value."""
    _check_alike(collections)
    context.evaluation.budget.spend(sum(map(len, collections)))
    base, *others = collections
    if isinstance(base, list):
        sets = [{identity(member) for member in part} for part in others]
        return [member for member in _distinct(base) if all(identity(member) in part for part in sets)]
    return {key: value for key, value in base.items() if all(_has(part, key, value) for part in others)}


def _has(part: dict[str, Any], key: str, value: Any) -> bool:
    name = find_key(part, key)
    return name is not None and equal(part[name], value)


def _check_alike(collections: tuple[Any, ...]) -> None:
    if len({type_of(part) for part in collections}) > 1:
        raise CannotEvaluate("the arguments must be all arrays or all objects")
