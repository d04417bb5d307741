"""Arrays taken as sets: members count once, whatever their order. What is no array gives null."""

from __future__ import annotations

from typing import Any

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import dynamic_to_text, dynamics_equal, has, identity_key, wrap_dynamic


def _members_by_key(members: list[Any]) -> dict[Any, Any]:
    """The members by their identity key, in order; of equal ones the first."""
    # By a key, since Python's equality is not Kusto's (True == 1), and lists and dicts cannot be members of a set.
    members_by_key: dict[Any, Any] = {}
    for member in members:
        members_by_key.setdefault(identity_key(member), member)
    return members_by_key


@scalar_function("set_union(set: dynamic, more: dynamic+) -> dynamic")
def set_union(*sets: Any) -> list[Any] | None:
    """The distinct members of all arrays."""
    if not all(isinstance(members, list) for members in sets):
        return None
    return list(_members_by_key([member for members in sets for member in members]).values())


@scalar_function("set_intersect(set: dynamic, more: dynamic+) -> dynamic")
def set_intersect(first: Any, *others: Any) -> list[Any] | None:
    """The distinct members of the first array that are in all the others."""
    if not all(isinstance(members, list) for members in (first, *others)):
        return None
    others_by_key = [_members_by_key(members) for members in others]
    return [member for key, member in _members_by_key(first).items() if all(key in other for other in others_by_key)]


@scalar_function("set_difference(set: dynamic, more: dynamic+) -> dynamic")
def set_difference(first: Any, *others: Any) -> list[Any] | None:
    """The distinct members of the first array that are in none of the others."""
    if not all(isinstance(members, list) for members in (first, *others)):
        return None
    excluded_keys = {key for members in others for key in _members_by_key(members)}
    return [member for key, member in _members_by_key(first).items() if key not in excluded_keys]


@scalar_function("set_equals(left: dynamic, right: dynamic) -> bool")
def set_equals(left: Any, right: Any) -> bool | None:
    """Whether both arrays have the same distinct members."""
    if not (isinstance(left, list) and isinstance(right, list)):
        return None
    return _members_by_key(left).keys() == _members_by_key(right).keys()


@scalar_function("set_has_element(set: dynamic, value: scalar) -> bool", takes_types=True)
def set_has_element(members: Any, value: Any, *, types: tuple[str, ...]) -> bool | None:
    """Whether the array holds the value."""
    if not isinstance(members, list):
        return None
    searched = wrap_dynamic(value, types[1])
    return any(dynamics_equal(member, searched) for member in members)


@scalar_function("jaccard_index(left: dynamic, right: dynamic) -> dynamic")
def jaccard_index(left: Any, right: Any) -> float | None:
    """The number of distinct members that both arrays share, divided by the number of all distinct members."""
    if not (isinstance(left, list) and isinstance(right, list)):
        return None
    left_keys, right_keys = _members_by_key(left).keys(), _members_by_key(right).keys()
    union_size = len(left_keys | right_keys)
    return len(left_keys & right_keys) / union_size if union_size else float("nan")


@scalar_function(
    "has_any_index(text: string, values: dynamic) -> long", "has_any_index(text: dynamic, values: dynamic) -> long"
)
def has_any_index(text: Any, values: Any) -> int | None:
    """The position of the first member that the text has as a term; -1 where it has none."""
    if not isinstance(values, list):
        return None
    searched_text = dynamic_to_text(text)
    positions = (position for position, value in enumerate(values) if has(searched_text, dynamic_to_text(value)))
    return next(positions, -1)
