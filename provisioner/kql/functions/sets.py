"""Arrays taken as sets: members count once, whatever their order. What is no array gives null."""

from __future__ import annotations

from typing import Any

from provisioner.kql.functions.function_registry import function
from provisioner.kql.values import equals_dynamic, has, identity, text_of_dynamic, wrap_dynamic


def _distinct(members: list[Any]) -> dict[Any, Any]:
    """The members by their identity, the first of equals kept, in order."""
    found: dict[Any, Any] = {}
    for member in members:
        found.setdefault(identity(member), member)
    return found


@function("set_union(set: dynamic, more: dynamic+) -> dynamic")
def set_union(*sets: Any) -> list[Any] | None:
    """The distinct members of all arrays."""
    if not all(isinstance(members, list) for members in sets):
        return None
    return list(_distinct([member for members in sets for member in members]).values())


@function("set_intersect(set: dynamic, more: dynamic+) -> dynamic")
def set_intersect(first: Any, *others: Any) -> list[Any] | None:
    """The distinct members of the first array that are in all the others."""
    if not all(isinstance(members, list) for members in (first, *others)):
        return None
    keys = [_distinct(members) for members in others]
    return [member for key, member in _distinct(first).items() if all(key in found for found in keys)]


@function("set_difference(set: dynamic, more: dynamic+) -> dynamic")
def set_difference(first: Any, *others: Any) -> list[Any] | None:
    """The distinct members of the first array that are in none of the others."""
    if not all(isinstance(members, list) for members in (first, *others)):
        return None
    gone = {key for members in others for key in _distinct(members)}
    return [member for key, member in _distinct(first).items() if key not in gone]


@function("set_equals(left: dynamic, right: dynamic) -> bool")
def set_equals(left: Any, right: Any) -> bool | None:
    """Whether both arrays have the same distinct members."""
    if not (isinstance(left, list) and isinstance(right, list)):
        return None
    return _distinct(left).keys() == _distinct(right).keys()


@function("set_has_element(set: dynamic, value: scalar) -> bool", types=True)
def set_has_element(members: Any, value: Any, *, types: tuple[str, ...]) -> bool | None:
    """Whether the array holds the value."""
    if not isinstance(members, list):
        return None
    wanted = wrap_dynamic(value, types[1])
    return any(equals_dynamic(member, wanted) for member in members)


@function("jaccard_index(left: dynamic, right: dynamic) -> dynamic")
def jaccard_index(left: Any, right: Any) -> float | None:
    """How many distinct members both arrays share, over how many there are in all."""
    if not (isinstance(left, list) and isinstance(right, list)):
        return None
    one, other = _distinct(left).keys(), _distinct(right).keys()
    together = len(one | other)
    return len(one & other) / together if together else float("nan")


@function(
    "has_any_index(text: string, values: dynamic) -> long", "has_any_index(text: dynamic, values: dynamic) -> long"
)
def has_any_index(text: Any, values: Any) -> int | None:
    """The position of the first member that the text has as a term; -1 where it has none."""
    if not isinstance(values, list):
        return None
    whole = text_of_dynamic(text)
    found = (position for position, value in enumerate(values) if has(whole, text_of_dynamic(value)))
    return next(found, -1)
