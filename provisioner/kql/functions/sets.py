"""Arrays taken as sets: members count once, whatever their order. What is no array gives null."""

from __future__ import annotations

from collections.abc import Hashable

from provisioner.kql.functions.arrays import all_arrays
from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import Value, dynamic_to_text, dynamics_equal, has, identity_key, wrap_dynamic


def _members_by_key(members: list[Value]) -> dict[Hashable, Value]:
    """The members by their identity key, in order; of equal ones the first."""
    # By a key, since Python's equality is not Kusto's (True == 1), and lists and dicts cannot be members of a set.
    members_by_key: dict[Hashable, Value] = {}
    for member in members:
        members_by_key.setdefault(identity_key(member), member)
    return members_by_key


@scalar_function("set_union(set: dynamic, more: dynamic+) -> dynamic")
def set_union(*sets: Value) -> list[Value] | None:
    """The distinct members of all arrays."""
    arrays = all_arrays(sets)
    if arrays is None:
        return None
    return list(_members_by_key([member for members in arrays for member in members]).values())


@scalar_function("set_intersect(set: dynamic, more: dynamic+) -> dynamic")
def set_intersect(first: Value, *others: Value) -> list[Value] | None:
    """The distinct members of the first array that are in all the others."""
    arrays = all_arrays(others)
    if arrays is None or not isinstance(first, list):
        return None
    others_by_key = [_members_by_key(members) for members in arrays]
    return [member for key, member in _members_by_key(first).items() if all(key in other for other in others_by_key)]


@scalar_function("set_difference(set: dynamic, more: dynamic+) -> dynamic")
def set_difference(first: Value, *others: Value) -> list[Value] | None:
    """The distinct members of the first array that are in none of the others."""
    arrays = all_arrays(others)
    if arrays is None or not isinstance(first, list):
        return None
    excluded_keys = {key for members in arrays for key in _members_by_key(members)}
    return [member for key, member in _members_by_key(first).items() if key not in excluded_keys]


@scalar_function("set_equals(left: dynamic, right: dynamic) -> bool")
def set_equals(left: Value, right: Value) -> bool | None:
    """Whether both arrays have the same distinct members."""
    if not (isinstance(left, list) and isinstance(right, list)):
        return None
    return _members_by_key(left).keys() == _members_by_key(right).keys()


@scalar_function("set_has_element(set: dynamic, value: scalar) -> bool", takes_types=True)
def set_has_element(members: Value, value: Value, *, types: tuple[str, ...]) -> bool | None:
    """Whether the array holds the value."""
    if not isinstance(members, list):
        return None
    searched = wrap_dynamic(value, types[1])
    return any(dynamics_equal(member, searched) for member in members)


@scalar_function("jaccard_index(left: dynamic, right: dynamic) -> dynamic")
def jaccard_index(left: Value, right: Value) -> float | None:
    """The number of distinct members that both arrays share, divided by the number of all distinct members."""
    if not (isinstance(left, list) and isinstance(right, list)):
        return None
    left_keys, right_keys = _members_by_key(left).keys(), _members_by_key(right).keys()
    union_size = len(left_keys | right_keys)
    return len(left_keys & right_keys) / union_size if union_size else float("nan")


@scalar_function(
    "has_any_index(text: string, values: dynamic) -> long", "has_any_index(text: dynamic, values: dynamic) -> long"
)
def has_any_index(text: Value, values: Value) -> int | None:
    """The position of the first member that the text has as a term; -1 where it has none."""
    if not isinstance(values, list):
        return None
    searched_text = dynamic_to_text(text)
    positions = (position for position, value in enumerate(values) if has(searched_text, dynamic_to_text(value)))
    return next(positions, -1)
