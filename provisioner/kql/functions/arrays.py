"""Arrays of dynamic values: cutting, shifting, sorting, searching. What is no array gives null."""

from __future__ import annotations

from typing import Any

from provisioner.kql.functions.function_registry import function
from provisioner.kql.values import (
    HOUR,
    Duration,
    Instant,
    identity,
    order_key,
    within_range,
    wrap_dynamic,
)

_LONGEST_RANGE = 1_048_576


@function("array_length(array: dynamic) -> long", "arraylength(array: dynamic) -> long")
def array_length(array: Any) -> int | None:
    """How many members the array has."""
    return len(array) if isinstance(array, list) else None


@function("array_concat(array: dynamic+) -> dynamic")
def array_concat(*arrays: Any) -> list[Any] | None:
    """The members of all arrays, in order."""
    if not all(isinstance(array, list) for array in arrays):
        return None
    return [member for array in arrays for member in array]


@function("array_reverse(array: dynamic) -> dynamic")
def array_reverse(array: Any) -> list[Any] | None:
    """The members from the last to the first."""
    return array[::-1] if isinstance(array, list) else None


@function("array_slice(array: dynamic, start: long, end: long) -> dynamic")
def array_slice(array: Any, start: int, end: int) -> list[Any] | None:
    """The members from `start` to `end`, both included; negative positions count from the end."""
    if not isinstance(array, list):
        return None
    first, last = (position if position >= 0 else position + len(array) for position in (start, end))
    return array[max(0, first) : max(0, last + 1)]


@function(
    "array_split(array: dynamic, index: long) -> dynamic", "array_split(array: dynamic, index: dynamic) -> dynamic"
)
def array_split(array: Any, index: Any) -> list[Any] | None:
    """The arrays before, between and after the given positions; negative ones count from the end."""
    positions = index if isinstance(index, list) else [index]
    if not isinstance(array, list) or not all(type(position) is int for position in positions):
        return None
    cuts = [max(0, min(len(array), at if at >= 0 else at + len(array))) for at in positions]
    return [array[start:end] for start, end in zip([0, *cuts], [*cuts, len(array)], strict=True)]


@function("array_shift_left(array: dynamic, count: long, default: scalar?) -> dynamic", nulls=True, types=True)
def array_shift_left(array: Any, count: Any, default: Any = None, *, types: tuple[str, ...]) -> list[Any] | None:
    """The members moved towards the start (the end where negative), the room they leave filled with the default."""
    if not isinstance(array, list) or count is None:
        return None
    room = [wrap_dynamic(default, types[2]) if len(types) > 2 else None] * min(abs(count), len(array))
    return array[count:] + room if count >= 0 else room + array[: max(0, len(array) + count)]


@function("array_shift_right(array: dynamic, count: long, default: scalar?) -> dynamic", nulls=True, types=True)
def array_shift_right(array: Any, count: Any, default: Any = None, *, types: tuple[str, ...]) -> list[Any] | None:
    """As `array_shift_left`, the other way."""
    return array_shift_left(array, None if count is None else -count, default, types=types)


@function("array_rotate_left(array: dynamic, count: long) -> dynamic")
def array_rotate_left(array: Any, count: int) -> list[Any] | None:
    """The members moved towards the start, those that fall off joining the end."""
    if not isinstance(array, list):
        return None
    turn = count % len(array) if array else 0
    return array[turn:] + array[:turn]


@function("array_rotate_right(array: dynamic, count: long) -> dynamic")
def array_rotate_right(array: Any, count: int) -> list[Any] | None:
    """The members moved towards the end, those that fall off joining the start."""
    return array_rotate_left(array, -count)


@function("array_sort_asc(array: dynamic, nulls_last: literal bool?) -> dynamic")
def array_sort_asc(array: Any, nulls_last: bool = True) -> list[Any] | None:
    """The members in order: numbers and times, strings, guids, all else; nulls last unless told otherwise."""
    return _sort(array, nulls_last, descending=False)


@function("array_sort_desc(array: dynamic, nulls_last: literal bool?) -> dynamic")
def array_sort_desc(array: Any, nulls_last: bool = True) -> list[Any] | None:
    """The members in falling order; nulls last unless told otherwise."""
    return _sort(array, nulls_last, descending=True)


@function("array_sort_asc(array: dynamic, other: dynamic, more: dynamic*) -> dynamic")
def array_sort_asc_with(array: Any, *others: Any) -> list[Any] | None:
    """The first array in order, and the others in the order of its members; null for one of another length."""
    return _sort_with(array, others, descending=False)


@function("array_sort_desc(array: dynamic, other: dynamic, more: dynamic*) -> dynamic")
def array_sort_desc_with(array: Any, *others: Any) -> list[Any] | None:
    """The first array in falling order, and the others in the order of its members; null for one of another length."""
    return _sort_with(array, others, descending=True)


def _sort_with(array: Any, others: tuple[Any, ...], *, descending: bool) -> list[Any] | None:
    if not isinstance(array, list):
        return None
    filled = [position for position, member in enumerate(array) if member is not None]
    filled.sort(key=lambda position: order_key(array[position]), reverse=descending)
    order = filled + [position for position, member in enumerate(array) if member is None]
    alike = [other if isinstance(other, list) and len(other) == len(array) else None for other in (array, *others)]
    return [None if other is None else [other[position] for position in order] for other in alike]


def _sort(array: Any, nulls_last: bool, *, descending: bool) -> list[Any] | None:
    if not isinstance(array, list):
        return None
    members = sorted((member for member in array if member is not None), key=order_key, reverse=descending)
    nulls = [None] * (len(array) - len(members))
    return members + nulls if nulls_last else nulls + members


@function(
    "array_index_of(array: dynamic, value: scalar, start: long?, length: long?, occurrence: literal long?) -> long",
    types=True,
)
def array_index_of(
    array: Any, value: Any, start: int = 0, length: int = -1, occurrence: int = 1, *, types: tuple[str, ...]
) -> int | None:
    """Where the value stands the `occurrence`-th time in `length` members from `start`; -1 where it does not."""
    if not isinstance(array, list) or occurrence < 0 or length < -1:
        return None
    first = start if start >= 0 else max(0, len(array) + start)
    end = len(array) if length == -1 else min(len(array), first + length)
    wanted = identity(wrap_dynamic(value, types[1]))
    for position in range(first, end):
        if identity(array[position]) == wanted:
            occurrence -= 1
            if occurrence <= 0:
                return position
    return -1


@function(
    "array_iff(condition: dynamic, then: scalar, else: scalar) -> dynamic",
    "array_iif(condition: dynamic, then: scalar, else: scalar) -> dynamic",
    nulls=True,
    types=True,
)
def array_iff(condition: Any, then: Any, otherwise: Any, *, types: tuple[str, ...]) -> list[Any] | None:
    """For each condition the member of one array or the other; null where the condition is neither bool nor number."""
    if not isinstance(condition, list):
        return None
    branches = (wrap_dynamic(otherwise, types[2]), wrap_dynamic(then, types[1]))
    return [
        _member(branches[bool(test)], position) if type(test) in (bool, int, float) else None
        for position, test in enumerate(condition)
    ]


def _member(branch: Any, position: int) -> Any:
    if not isinstance(branch, list):
        return branch
    return branch[position] if position < len(branch) else None


@function("array_sum(array: dynamic) -> real")
def array_sum(array: Any) -> float | None:
    """The sum of the members; null where one is no number."""
    if not isinstance(array, list) or not all(type(member) in (int, float) for member in array):
        return None
    return float(sum(array))


@function("pack_array(value: scalar+) -> dynamic", nulls=True, types=True)
def pack_array(*values: Any, types: tuple[str, ...]) -> list[Any]:
    """All arguments as an array."""
    return [wrap_dynamic(value, kind) for value, kind in zip(values, types, strict=False)]


@function("zip(array: dynamic, more: dynamic+) -> dynamic")
def zip_(*arrays: Any) -> list[Any] | None:
    """An array of arrays: the first members, the second members and so on; null where one array is shorter."""
    if not all(isinstance(array, list) for array in arrays):
        return None
    longest = max(map(len, arrays))
    return [[_member(array, position) for array in arrays] for position in range(longest)]


@function("repeat(value: scalar, count: long) -> dynamic", nulls=True, types=True)
def repeat(value: Any, count: Any, *, types: tuple[str, ...]) -> list[Any] | None:
    """An array that holds the value so many times; null for a negative count."""
    if count is None or count < 0:
        return None
    return [wrap_dynamic(value, types[0])] * min(count, _LONGEST_RANGE)


@function("range(start: number, stop: number, step: number?) -> dynamic")
def range_(start: Any, stop: Any, step: Any = 1) -> list[Any] | None:
    """The numbers from start to stop, by the step."""
    if any(type(number) is float and number - number != 0 for number in (start, stop, step)):
        return None
    return _series(start, stop, step)


@function("range(start: timespan, stop: timespan, step: timespan?) -> dynamic")
def range_timespan(start: int, stop: int, step: int = HOUR) -> list[Any] | None:
    """The timespans from start to stop, by the step (an hour)."""
    series = _series(start, stop, step)
    return None if series is None else [Duration(ticks) for ticks in series]


@function("range(start: datetime, stop: datetime, step: timespan?) -> dynamic")
def range_datetime(start: int, stop: int, step: int = HOUR) -> list[Any] | None:
    """The datetimes from start to stop, by the step (an hour)."""
    series = _series(start, stop, step)
    return None if series is None else [Instant(ticks) for ticks in series if within_range(ticks) is not None]


def _series(start: Any, stop: Any, step: Any) -> list[Any] | None:
    if step == 0:
        return None
    kinds = {type(start), type(stop), type(step)}
    if len(kinds) > 1:
        start, stop, step = float(start), float(stop), float(step)
    steps = (stop - start) // step  # of reals it may be infinite, or no number at all
    if steps != steps:  # noqa: PLR0124 - NaN
        return None
    count = int(max(-1, min(steps, _LONGEST_RANGE - 1))) + 1
    return [start + position * step for position in range(count)]
