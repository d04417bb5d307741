"""Arrays of dynamic values: cutting, shifting, sorting, searching. What is no array gives null."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import (
    HOUR,
    DynamicDatetime,
    DynamicTimespan,
    Number,
    Value,
    datetime_in_range,
    identity_key,
    order_key,
    wrap_dynamic,
)

AnyNumber = TypeVar("AnyNumber", int, float, Decimal)

_MAX_MEMBERS = 1_048_576
"""The longest array that `range` and `repeat` give, as Kusto documents for `range`."""


def all_arrays(candidates: Sequence[Value]) -> list[list[Value]] | None:
    """The values as arrays; None where one is none."""
    arrays = [candidate for candidate in candidates if isinstance(candidate, list)]
    return arrays if len(arrays) == len(candidates) else None


@scalar_function("array_length(array: dynamic) -> long", "arraylength(array: dynamic) -> long")
def array_length(array: Value) -> int | None:
    """How many members the array has."""
    return len(array) if isinstance(array, list) else None


@scalar_function("array_concat(array: dynamic+) -> dynamic")
def array_concat(*values: Value) -> list[Value] | None:
    """The members of all arrays, in order."""
    arrays = all_arrays(values)
    return None if arrays is None else [member for array in arrays for member in array]


@scalar_function("array_reverse(array: dynamic) -> dynamic")
def array_reverse(array: Value) -> list[Value] | None:
    """The members from the last to the first."""
    return array[::-1] if isinstance(array, list) else None


@scalar_function("array_slice(array: dynamic, start: long, end: long) -> dynamic")
def array_slice(array: Value, start: int, end: int) -> list[Value] | None:
    """The members from `start` to `end`, both included; negative positions count from the end."""
    if not isinstance(array, list):
        return None
    first, last = (position if position >= 0 else position + len(array) for position in (start, end))
    return array[max(0, first) : max(0, last + 1)]


@scalar_function(
    "array_split(array: dynamic, index: long) -> dynamic", "array_split(array: dynamic, index: dynamic) -> dynamic"
)
def array_split(array: Value, index: Value) -> list[Value] | None:
    """The arrays before, between and after the given positions; negative ones count from the end."""
    requested = index if isinstance(index, list) else [index]
    positions = [position for position in requested if type(position) is int]
    if not isinstance(array, list) or len(positions) < len(requested):
        return None
    bounds = [max(0, min(len(array), position if position >= 0 else position + len(array))) for position in positions]
    return [array[start:end] for start, end in zip([0, *bounds], [*bounds, len(array)], strict=True)]


@scalar_function(
    "array_shift_left(array: dynamic, count: long, default: scalar?) -> dynamic", handles_nulls=True, takes_types=True
)
def array_shift_left(
    array: Value, count: int | None, default: Value = None, *, types: tuple[str, ...]
) -> list[Value] | None:
    """The members moved towards the start (the end where negative), the gap filled with the default."""
    if not isinstance(array, list) or count is None:
        return None
    padding = [wrap_dynamic(default, types[2]) if len(types) > 2 else None] * min(abs(count), len(array))
    return array[count:] + padding if count >= 0 else padding + array[: max(0, len(array) + count)]


@scalar_function(
    "array_shift_right(array: dynamic, count: long, default: scalar?) -> dynamic", handles_nulls=True, takes_types=True
)
def array_shift_right(
    array: Value, count: int | None, default: Value = None, *, types: tuple[str, ...]
) -> list[Value] | None:
    """As `array_shift_left`, the other way."""
    return array_shift_left(array, None if count is None else -count, default, types=types)


@scalar_function("array_rotate_left(array: dynamic, count: long) -> dynamic")
def array_rotate_left(array: Value, count: int) -> list[Value] | None:
    """The members moved towards the start, those that fall off joining the end."""
    if not isinstance(array, list):
        return None
    offset = count % len(array) if array else 0
    return array[offset:] + array[:offset]


@scalar_function("array_rotate_right(array: dynamic, count: long) -> dynamic")
def array_rotate_right(array: Value, count: int) -> list[Value] | None:
    """The members moved towards the end, those that fall off joining the start."""
    return array_rotate_left(array, -count)


@scalar_function("array_sort_asc(array: dynamic, nulls_last: literal bool?) -> dynamic")
def array_sort_asc(array: Value, nulls_last: bool = True) -> list[Value] | None:
    """The members in order: numbers and times, strings, guids, all else; nulls last by default."""
    return _sort_members(array, nulls_last, descending=False)


@scalar_function("array_sort_desc(array: dynamic, nulls_last: literal bool?) -> dynamic")
def array_sort_desc(array: Value, nulls_last: bool = True) -> list[Value] | None:
    """The members in falling order; nulls last by default."""
    return _sort_members(array, nulls_last, descending=True)


@scalar_function("array_sort_asc(array: dynamic, other: dynamic, more: dynamic*) -> dynamic")
def array_sort_asc_with(array: Value, *others: Value) -> list[Value] | None:
    """The first array in order, and the others in the order of its members; null for one of another length."""
    return _sort_together(array, others, descending=False)


@scalar_function("array_sort_desc(array: dynamic, other: dynamic, more: dynamic*) -> dynamic")
def array_sort_desc_with(array: Value, *others: Value) -> list[Value] | None:
    """The first array in falling order, and the others in the order of its members; null for one of another length."""
    return _sort_together(array, others, descending=True)


def _sort_together(array: Value, others: tuple[Value, ...], *, descending: bool) -> list[Value] | None:
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


def _sort_members(array: Value, nulls_last: bool, *, descending: bool) -> list[Value] | None:
    if not isinstance(array, list):
        return None
    # Apart from the values, since `reverse` would take nulls with it to the other end.
    members: list[Value] = [member for member in array if member is not None]
    members.sort(key=order_key, reverse=descending)
    nulls: list[Value] = [None] * (len(array) - len(members))
    return members + nulls if nulls_last else nulls + members


@scalar_function(
    "array_index_of(array: dynamic, value: scalar, start: long?, length: long?, occurrence: literal long?) -> long",
    takes_types=True,
)
def array_index_of(
    array: Value, value: Value, start: int = 0, length: int = -1, occurrence: int = 1, *, types: tuple[str, ...]
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
def array_iff(condition: Value, then: Value, otherwise: Value, *, types: tuple[str, ...]) -> list[Value] | None:
    """For each condition the member of one array or the other; null where the condition is neither bool nor number."""
    if not isinstance(condition, list):
        return None
    branches = (wrap_dynamic(otherwise, types[2]), wrap_dynamic(then, types[1]))
    return [
        # Null for text and bags: they are no conditions, unlike numbers, of which zero alone is false.
        _member_or_null(branches[bool(test)], position) if type(test) in (bool, int, float) else None
        for position, test in enumerate(condition)
    ]


def _member_or_null(branch: Value, position: int) -> Value:
    if not isinstance(branch, list):
        return branch
    return branch[position] if position < len(branch) else None


@scalar_function("array_sum(array: dynamic) -> real")
def array_sum(array: Value) -> float | None:
    """The sum of the members; null where one is no number."""
    if not isinstance(array, list):
        return None
    numbers = [member for member in array if type(member) is int or type(member) is float]
    return float(sum(numbers)) if len(numbers) == len(array) else None


@scalar_function("pack_array(value: scalar+) -> dynamic", handles_nulls=True, takes_types=True)
def pack_array(*values: Value, types: tuple[str, ...]) -> list[Value]:
    """All arguments as an array."""
    return [wrap_dynamic(value, type_name) for value, type_name in zip(values, types, strict=False)]


@scalar_function("zip(array: dynamic, more: dynamic+) -> dynamic")
def zip_(*values: Value) -> list[Value] | None:
    """An array of arrays: the first members, the second members and so on; null where one array is shorter."""
    arrays = all_arrays(values)
    if arrays is None:
        return None
    longest = max(map(len, arrays))
    return [[_member_or_null(array, position) for array in arrays] for position in range(longest)]


@scalar_function("repeat(value: scalar, count: long) -> dynamic", handles_nulls=True, takes_types=True)
def repeat(value: Value, count: int | None, *, types: tuple[str, ...]) -> list[Value] | None:
    """An array that holds the value `count` times; null for a negative count."""
    if count is None or count < 0:
        return None
    return [wrap_dynamic(value, types[0])] * min(count, _MAX_MEMBERS)


@scalar_function("range(start: number, stop: number, step: number?) -> dynamic")
def range_(start: Number, stop: Number, step: Number = 1) -> Sequence[Number] | None:
    """The numbers from start to stop, by the step."""
    if any(type(number) is float and number - number != 0 for number in (start, stop, step)):
        return None
    if isinstance(start, Decimal) and isinstance(stop, Decimal) and isinstance(step, Decimal):
        return _series(start, stop, step)
    of_one_type = type(start) is type(stop) is type(step)
    if not of_one_type or isinstance(start, Decimal) or isinstance(stop, Decimal) or isinstance(step, Decimal):
        return _series(float(start), float(stop), float(step))
    return _series(start, stop, step)


@scalar_function("range(start: timespan, stop: timespan, step: timespan?) -> dynamic")
def range_timespan(start: int, stop: int, step: int = HOUR) -> list[Value] | None:
    """The timespans from start to stop, by the step (an hour)."""
    series = _series(start, stop, step)
    return None if series is None else [DynamicTimespan(ticks) for ticks in series]


@scalar_function("range(start: datetime, stop: datetime, step: timespan?) -> dynamic")
def range_datetime(start: int, stop: int, step: int = HOUR) -> list[Value] | None:
    """The datetimes from start to stop, by the step (an hour)."""
    series = _series(start, stop, step)
    return (
        None if series is None else [DynamicDatetime(ticks) for ticks in series if datetime_in_range(ticks) is not None]
    )


def _series(start: AnyNumber, stop: AnyNumber, step: AnyNumber) -> list[AnyNumber] | None:
    if step == 0:
        return None
    steps = (stop - start) // step  # for reals it may be infinite or NaN
    if steps != steps:  # noqa: PLR0124 - NaN
        return None
    # Each member is computed from the start: adding the step again and again would add up the errors of reals.
    count = 0 if steps < 0 else _MAX_MEMBERS if steps >= _MAX_MEMBERS else int(steps) + 1
    return [start + position * step for position in range(count)]
