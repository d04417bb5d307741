"""Arrays of dynamic values: cutting, shifting, sorting, searching. What is no array gives null."""

from __future__ import annotations

from typing import Any

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import (
    HOUR,
    DynamicDatetime,
    DynamicTimespan,
    datetime_in_range,
    identity_key,
    order_key,
    wrap_dynamic,
)

_MAX_MEMBERS = 1_048_576
"""The longest array that `range` and `repeat` give, as Kusto documents for `range`."""


@scalar_function("array_length(array: dynamic) -> long", "arraylength(array: dynamic) -> long")
def array_length(array: Any) -> int | None:
    """How many members the array has."""
    return len(array) if isinstance(array, list) else None


@scalar_function("array_concat(array: dynamic+) -> dynamic")
def array_concat(*arrays: Any) -> list[Any] | None:
    """The members of all arrays, in order."""
    if not all(isinstance(array, list) for array in arrays):
        return None
    return [member for array in arrays for member in array]


@scalar_function("array_reverse(array: dynamic) -> dynamic")
def array_reverse(array: Any) -> list[Any] | None:
    """The members from the last to the first."""
    return array[::-1] if isinstance(array, list) else None


@scalar_function("array_slice(array: dynamic, start: long, end: long) -> dynamic")
def array_slice(array: Any, start: int, end: int) -> list[Any] | None:
    """The members from `start` to `end`, both included; negative positions count from the end."""
    if not isinstance(array, list):
        return None
    first, last = (position if position >= 0 else position + len(array) for position in (start, end))
    return array[max(0, first) : max(0, last + 1)]


@scalar_function(
    "array_split(array: dynamic, index: long) -> dynamic", "array_split(array: dynamic, index: dynamic) -> dynamic"
)
def array_split(array: Any, index: Any) -> list[Any] | None:
    """The arrays before, between and after the given positions; negative ones count from the end."""
    positions = index if isinstance(index, list) else [index]
    if not isinstance(array, list) or not all(type(position) is int for position in positions):
        return None
    bounds = [max(0, min(len(array), position if position >= 0 else position + len(array))) for position in positions]
    return [array[start:end] for start, end in zip([0, *bounds], [*bounds, len(array)], strict=True)]


@scalar_function(
    "array_shift_left(array: dynamic, count: long, default: scalar?) -> dynamic", handles_nulls=True, takes_types=True
)
def array_shift_left(array: Any, count: Any, default: Any = None, *, types: tuple[str, ...]) -> list[Any] | None:
    """The members moved towards the start (the end where negative), the gap filled with the default."""
    if not isinstance(array, list) or count is None:
        return None
    padding = [wrap_dynamic(default, types[2]) if len(types) > 2 else None] * min(abs(count), len(array))
    return array[count:] + padding if count >= 0 else padding + array[: max(0, len(array) + count)]


@scalar_function(
    "array_shift_right(array: dynamic, count: long, default: scalar?) -> dynamic", handles_nulls=True, takes_types=True
)
def array_shift_right(array: Any, count: Any, default: Any = None, *, types: tuple[str, ...]) -> list[Any] | None:
    """As `array_shift_left`, the other way."""
    return array_shift_left(array, None if count is None else -count, default, types=types)


@scalar_function("array_rotate_left(array: dynamic, count: long) -> dynamic")
def array_rotate_left(array: Any, count: int) -> list[Any] | None:
    """The members moved towards the start, those that fall off joining the end."""
    if not isinstance(array, list):
        return None
    offset = count % len(array) if array else 0
    return array[offset:] + array[:offset]


@scalar_function("array_rotate_right(array: dynamic, count: long) -> dynamic")
def array_rotate_right(array: Any, count: int) -> list[Any] | None:
    """The members moved towards the end, those that fall off joining the start."""
    return array_rotate_left(array, -count)


@scalar_function("array_sort_asc(array: dynamic, nulls_last: literal bool?) -> dynamic")
def array_sort_asc(array: Any, nulls_last: bool = True) -> list[Any] | None:
    """The members in order: numbers and times, strings, guids, all else; nulls last by default."""
    return _sort_members(array, nulls_last, descending=False)


@scalar_function("array_sort_desc(array: dynamic, nulls_last: literal bool?) -> dynamic")
def array_sort_desc(array: Any, nulls_last: bool = True) -> list[Any] | None:
    """The members in falling order; nulls last by default."""
    return _sort_members(array, nulls_last, descending=True)


@scalar_function("array_sort_asc(array: dynamic, other: dynamic, more: dynamic*) -> dynamic")
def array_sort_asc_with(array: Any, *others: Any) -> list[Any] | None:
    """The first array in order, and the others in the order of its members; null for one of another length."""
    return _sort_together(array, others, descending=False)


@scalar_function("array_sort_desc(array: dynamic, other: dynamic, more: dynamic*) -> dynamic")
def array_sort_desc_with(array: Any, *others: Any) -> list[Any] | None:
    """The first array in falling order, and the others in the order of its members; null for one of another length."""
    return _sort_together(array, others, descending=True)


def _sort_together(array: Any, others: tuple[Any, ...], *, descending: bool) -> list[Any] | None:
    if not isinstance(array, list):
        return None
    positions = [position for position, member in enumerate(array) if member is not None]
    positions.sort(key=lambda position: order_key(array[position]), reverse=descending)
    positions += [position for position, member in enumerate(array) if member is None]
    # An array of another length has no member for each position; Kusto returns null in its stead.
    return [
        [other[position] for position in positions] if isinstance(other, list) and len(other) == len(array) else None
        for other in (array, *others)
    ]


def _sort_members(array: Any, nulls_last: bool, *, descending: bool) -> list[Any] | None:
    if not isinstance(array, list):
        return None
    # Apart from the values, since `reverse` would take nulls with it to the other end.
    members = sorted((member for member in array if member is not None), key=order_key, reverse=descending)
    nulls = [None] * (len(array) - len(members))
    return members + nulls if nulls_last else nulls + members


@scalar_function(
    "array_index_of(array: dynamic, value: scalar, start: long?, length: long?, occurrence: literal long?) -> long",
    takes_types=True,
)
def array_index_of(
    array: Any, value: Any, start: int = 0, length: int = -1, occurrence: int = 1, *, types: tuple[str, ...]
) -> int | None:
    """The position of the `occurrence`-th member equal to the value, among `length` members from `start`; else -1."""
    if not isinstance(array, list) or occurrence < 0 or length < -1:
        return None
    first = start if start >= 0 else max(0, len(array) + start)
    end = len(array) if length == -1 else min(len(array), first + length)
    searched_key = identity_key(wrap_dynamic(value, types[1]))
    for position in range(first, end):
        if identity_key(array[position]) == searched_key:
            occurrence -= 1
            if occurrence <= 0:
                return position
    return -1


@scalar_function(
    "array_iff(condition: dynamic, then: scalar, else: scalar) -> dynamic",
    "array_iif(condition: dynamic, then: scalar, else: scalar) -> dynamic",
    handles_nulls=True,
    takes_types=True,
)
def array_iff(condition: Any, then: Any, otherwise: Any, *, types: tuple[str, ...]) -> list[Any] | None:
    """For each condition the member of one array or the other; null where the condition is neither bool nor number."""
    if not isinstance(condition, list):
        return None
    branches = (wrap_dynamic(otherwise, types[2]), wrap_dynamic(then, types[1]))
    return [
        # Null for text and bags: they are no conditions, unlike numbers, of which zero alone is false.
        _member_or_null(branches[bool(test)], position) if type(test) in (bool, int, float) else None
        for position, test in enumerate(condition)
    ]


def _member_or_null(branch: Any, position: int) -> Any:
    if not isinstance(branch, list):
        return branch
    return branch[position] if position < len(branch) else None


@scalar_function("array_sum(array: dynamic) -> real")
def array_sum(array: Any) -> float | None:
    """The sum of the members; null where one is no number."""
    if not isinstance(array, list) or not all(type(member) in (int, float) for member in array):
        return None
    return float(sum(array))


@scalar_function("pack_array(value: scalar+) -> dynamic", handles_nulls=True, takes_types=True)
def pack_array(*values: Any, types: tuple[str, ...]) -> list[Any]:
    """All arguments as an array."""
    return [wrap_dynamic(value, type_name) for value, type_name in zip(values, types, strict=False)]


@scalar_function("zip(array: dynamic, more: dynamic+) -> dynamic")
def zip_(*arrays: Any) -> list[Any] | None:
    """An array of arrays: the first members, the second members and so on; null where one array is shorter."""
    if not all(isinstance(array, list) for array in arrays):
        return None
    longest = max(map(len, arrays))
    return [[_member_or_null(array, position) for array in arrays] for position in range(longest)]


@scalar_function("repeat(value: scalar, count: long) -> dynamic", handles_nulls=True, takes_types=True)
def repeat(value: Any, count: Any, *, types: tuple[str, ...]) -> list[Any] | None:
    """An array that holds the value `count` times; null for a negative count."""
    if count is None or count < 0:
        return None
    return [wrap_dynamic(value, types[0])] * min(count, _MAX_MEMBERS)


@scalar_function("range(start: number, stop: number, step: number?) -> dynamic")
def range_(start: Any, stop: Any, step: Any = 1) -> list[Any] | None:
    """The numbers from start to stop, by the step."""
    if any(type(number) is float and number - number != 0 for number in (start, stop, step)):
        return None
    return _series(start, stop, step)


@scalar_function("range(start: timespan, stop: timespan, step: timespan?) -> dynamic")
def range_timespan(start: int, stop: int, step: int = HOUR) -> list[Any] | None:
    """The timespans from start to stop, by the step (an hour)."""
    series = _series(start, stop, step)
    return None if series is None else [DynamicTimespan(ticks) for ticks in series]


@scalar_function("range(start: datetime, stop: datetime, step: timespan?) -> dynamic")
def range_datetime(start: int, stop: int, step: int = HOUR) -> list[Any] | None:
    """The datetimes from start to stop, by the step (an hour)."""
    series = _series(start, stop, step)
    return (
        None if series is None else [DynamicDatetime(ticks) for ticks in series if datetime_in_range(ticks) is not None]
    )


def _series(start: Any, stop: Any, step: Any) -> list[Any] | None:
    if step == 0:
        return None
    number_types = {type(start), type(stop), type(step)}
    if len(number_types) > 1:
        start, stop, step = float(start), float(stop), float(step)
    steps = (stop - start) // step  # for reals it may be infinite or NaN
    if steps != steps:  # noqa: PLR0124 - NaN
        return None
    # Each member is computed from the start: adding the step again and again would add up the errors of reals.
    count = int(max(-1, min(steps, _MAX_MEMBERS - 1))) + 1
    return [start + position * step for position in range(count)]
