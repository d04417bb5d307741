"""The computations of the aggregate functions: from the argument tuples of a group to a value."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from decimal import Decimal
from math import ceil, nan
from typing import Any

from provisioner.kql import values
from provisioner.kql.values import Value

ArgumentRows = list[tuple[Any, ...]]
"""The values of an aggregate's arguments for each row of a group."""


def _non_null(rows: ArgumentRows) -> list[Any]:
    return [row[0] for row in rows if row[0] is not None]


def sum_values(rows: ArgumentRows) -> Value:
    """The sum of ints, longs, timespans, reals or decimals; long and timespan wrap around."""
    # Nulls do not count: a sum, mean or extreme is that of the other rows.
    present = _non_null(rows)
    if not present:
        return 0
    total: int | float | Decimal = sum(present)
    return values.wrap_long(total) if isinstance(total, int) else total


def sum_reals(rows: ArgumentRows) -> float:
    """The sum of reals: 0.0, not 0, of no values."""
    return float(sum(_non_null(rows)))


def average_values(rows: ArgumentRows) -> float:
    """The mean of numbers as a real."""
    present = _non_null(rows)
    return sum(present) / len(present) if present else nan  # measured at the engine: NaN without values


def average_decimals(rows: ArgumentRows) -> Decimal | None:
    """The mean of decimals; null without values."""
    present = _non_null(rows)
    return sum(present, Decimal(0)) / len(present) if present else None


def average_ticks(rows: ArgumentRows) -> int | None:
    """The mean of datetimes or timespans in whole ticks; null without values."""
    present = _non_null(rows)
    return sum(present) // len(present) if present else None


def variance(rows: ArgumentRows, *, sample: bool = True) -> float:
    """The variance of a sample, or of the whole population; 0.0 for fewer than two values."""
    numbers = [float(value) for value in _non_null(rows)]
    if len(numbers) < 2:
        return 0.0
    mean = sum(numbers) / len(numbers)
    # Two passes: the sum of squares less the square of the sum loses all digits where the numbers lie close together.
    return sum((number - mean) * (number - mean) for number in numbers) / (len(numbers) - sample)


def covariance(rows: ArgumentRows, *, sample: bool = True) -> float:
    """The covariance of a sample, or of the whole population; 0.0 for fewer than two pairs."""
    pairs = [(float(row[0]), float(row[1])) for row in rows if row[0] is not None and row[1] is not None]
    if len(pairs) < 2:
        return 0.0
    left_mean, right_mean = (sum(numbers) / len(pairs) for numbers in zip(*pairs, strict=True))
    return float(sum((left - left_mean) * (right - right_mean) for left, right in pairs) / (len(pairs) - sample))


def percentile(rows: ArgumentRows) -> Value:
    """The nearest-rank percentile of the values; the rank is the second argument."""
    ordered = sorted(row[0] for row in rows if row[0] is not None)
    if not ordered:
        return None
    rank = float(rows[0][1] or 0)
    ranked: Value = ordered[min(max(ceil(rank / 100 * len(ordered)), 1), len(ordered)) - 1]
    return ranked


def percentile_as_real(rows: ArgumentRows) -> float | None:
    """The percentile of decimals, whose result Kusto makes a real."""
    value = percentile(rows)
    return float(value) if isinstance(value, Decimal) else None


def merge_bags(rows: ArgumentRows) -> dict[str, Value]:
    """The bags merged; of two values for a key the first stays."""
    merged: dict[str, Value] = {}
    for bag in _non_null(rows):
        if isinstance(bag, dict):
            for key, value in bag.items():
                merged.setdefault(key, value)
    return merged


def make_list(rows: ArgumentRows) -> list[Value]:
    """The values that are not null, in order."""
    return _limit_members([row[0] for row in rows if row[0] is not None], rows)


def make_list_with_nulls(rows: ArgumentRows) -> list[Value]:
    """All values in order."""
    return _limit_members([row[0] for row in rows], rows)


def make_set(rows: ArgumentRows) -> list[Value]:
    """The distinct values; for arrays, the distinct members of all of them."""
    members_by_key: dict[Hashable, Value] = {}
    for row in rows:
        # Unlike in `make_list`, an array adds its members and not itself.
        for member in row[0] if isinstance(row[0], list) else [row[0]]:
            if member is not None:
                members_by_key.setdefault(values.identity_key(member), member)
    return _limit_members(list(members_by_key.values()), rows)


def count_true(rows: ArgumentRows) -> int:
    """The number of rows for which the argument is true."""
    return sum(1 for row in rows if row[0])


def _limit_members(members: list[Value], rows: ArgumentRows) -> list[Value]:
    """The first members, as many as the constant second argument says; 1,048,576 without one, as Kusto documents."""
    limit = rows[0][1] if rows and len(rows[0]) > 1 and type(rows[0][1]) is int else 1_048_576
    return members[: max(limit, 0)]


def count_distinct(rows: ArgumentRows) -> int:
    """The number of distinct values that are not null."""
    return len({values.identity_key(row[0]) for row in rows if row[0] is not None})


def first_value(rows: ArgumentRows) -> Value:
    """The first value that is not null or empty: Kusto leaves open which it takes, tests need the same each time."""
    return next((row[0] for row in rows if row[0] is not None and row[0] != ""), rows[0][0] if rows else None)


def bitwise_and(rows: ArgumentRows) -> int | None:
    """The bits set in all values; null without values."""
    bits: int | None = None
    for value in _non_null(rows):
        bits = value if bits is None else bits & value
    return bits


def bitwise_or(rows: ArgumentRows) -> int | None:
    """The bits set in any value; null without values."""
    bits: int | None = None
    for value in _non_null(rows):
        bits = value if bits is None else bits | value
    return bits


def bitwise_xor(rows: ArgumentRows) -> int | None:
    """The bits set in an odd number of values; null without values."""
    bits: int | None = None
    for value in _non_null(rows):
        bits = value if bits is None else bits ^ value
    return bits


def extreme_of(choose: Callable[[Iterable[Any]], Any]) -> Callable[[ArgumentRows], Value]:
    """The computation that chooses, by `min` or `max`, among the values that are neither null nor NaN."""

    def compute(rows: ArgumentRows) -> Value:
        comparable = [value for value in _non_null(rows) if value == value]  # noqa: PLR0124 - NaN is no extreme
        return choose(comparable) if comparable else None

    return compute


def extreme_row(rows: ArgumentRows, *, greatest: bool) -> tuple[Value, ...] | None:
    """The row whose first value is the greatest or the smallest; any row where none has a value."""
    best: tuple[Any, ...] | None = None
    for row in rows:
        if row[0] is None or row[0] != row[0]:  # null or NaN
            continue
        if best is None or (row[0] > best[0] if greatest else row[0] < best[0]):
            best = row
    return best if best is not None or not rows else rows[0]
