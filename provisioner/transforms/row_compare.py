"""Expected rows beside actual ones, cell by cell, as the type of each column says what is equal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from provisioner.kql import values

Row = Mapping[str, Any]
Leniency = Mapping[str, str]
"""Column → `_PRESENT` or `_UNKNOWN`; a column that is not in it is compared by value."""
_PRESENT, _UNKNOWN = "present", "unknown"

_RELATIVE_TOLERANCE = 1e-12
"""Reals that differ by less are the same: 0.1 + 0.2 is the 0.3 that the author wrote."""


class _Absent:
    """The cell of a column that is not there at all."""

    def __repr__(self) -> str:
        return "(no such column)"


ABSENT: Final = _Absent()
"""Stands for the value of a column that a row does not have; null in JSON."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that differs, as JSON values; `actual` is ABSENT where the rows have no such column."""

    column: str
    expected: Any
    actual: Any

    def json(self) -> dict[str, Any]:
        """The public shape, with `absent` where the column is not there."""
        if self.actual is ABSENT:
            return {"column": self.column, "expected": self.expected, "actual": None, "absent": True}
        return {"column": self.column, "expected": self.expected, "actual": self.actual}


@dataclass(frozen=True, slots=True)
class RowResult:
    """An expected row and the actual one it is paired with; either is None where the other has no partner."""

    expected: Mapping[str, Any] | None
    actual: Mapping[str, Any] | None
    differences: tuple[Difference, ...]

    @property
    def ok(self) -> bool:
        """Whether both are there and no cell differs."""
        return self.expected is not None and self.actual is not None and not self.differences

    def json(self) -> dict[str, Any]:
        """The public shape."""
        return {
            "expected": None if self.expected is None else dict(self.expected),
            "actual": None if self.actual is None else dict(self.actual),
            "differences": [difference.json() for difference in self.differences],
        }


def compare_rows(
    expected: Sequence[Row],
    actual: Sequence[Row],
    types: Mapping[str, str],
    volatile: Iterable[str] = (),
    *,
    unknown: Iterable[str] = (),
) -> tuple[RowResult, ...]:
    """Each expected row with its actual one, and the cells that differ.

    Only the columns that an expected row names are compared, the `volatile` ones for presence alone and the `unknown`
    ones not at all. `types` are KQL's. Where the numbers of rows differ, rows are paired so that the fewest cells
    differ; what has no partner stands alone.
    """
    leniency = {**dict.fromkeys(volatile, _PRESENT), **dict.fromkeys(unknown, _UNKNOWN)}
    pairs = _pair_rows(expected, actual, types, leniency)
    return tuple(_compare_pair(left, right, types, leniency) for left, right in pairs)


def cells_equal(expected: Any, actual: Any, type_: str) -> bool:
    """Whether two JSON values of a column are equal: times as instants, guids without case, a null string as ""."""
    left = values.coerce(expected, type_)
    # Text that is no datetime, a number where text belongs: equal to nothing, not even to null.
    if expected is not None and (left is None or (left == "" and expected != "")):
        return False
    return json_values_equal(left, values.coerce(actual, type_))


def _compare_pair(expected: Row | None, actual: Row | None, types: Mapping[str, str], leniency: Leniency) -> RowResult:
    if expected is None or actual is None:
        return RowResult(expected, actual, ())
    return RowResult(expected, actual, tuple(_differences(expected, actual, types, leniency)))


def _differences(expected: Row, actual: Row, types: Mapping[str, str], leniency: Leniency) -> Iterable[Difference]:
    for name, value in expected.items():
        if name not in types:
            yield Difference(name, value, ABSENT)
        elif not _cell_matches(value, actual.get(name), types[name], leniency.get(name)):
            yield Difference(name, value, actual.get(name))


def _cell_matches(expected: Any, actual: Any, type_: str, leniency: str | None) -> bool:
    if leniency == _UNKNOWN:
        return True
    # An expected null is a claim about the value, volatile or not.
    if leniency == _PRESENT and expected is not None:
        return actual is not None and actual != ""
    return cells_equal(expected, actual, type_)


def json_values_equal(left: Any, right: Any) -> bool:
    """Whether two JSON values are equal: numbers but for rounding, a boolean only to a boolean."""
    # Booleans first: to Python, True equals 1.
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, float) or isinstance(right, float):
        return _is_number(left) and _is_number(right) and _numbers_close(float(left), float(right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(json_values_equal(value, right[key]) for key, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(json_values_equal, left, right))
    return bool(left == right)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _numbers_close(left: float, right: float) -> bool:
    return math.isclose(left, right, rel_tol=_RELATIVE_TOLERANCE) or (math.isnan(left) and math.isnan(right))


def _pair_rows(
    expected: Sequence[Row], actual: Sequence[Row], types: Mapping[str, str], leniency: Leniency
) -> list[tuple[Row | None, Row | None]]:
    if len(expected) == len(actual):
        return list(zip(expected, actual, strict=True))
    return _align(expected, actual, types, leniency)


def _align(
    expected: Sequence[Row], actual: Sequence[Row], types: Mapping[str, str], leniency: Leniency
) -> list[tuple[Row | None, Row | None]]:
    """The pairing in order with the fewest differing cells, as an edit distance over rows."""
    # A lone row costs more than one that differs in every cell: rows are paired while both sides have any.
    lone_costs = [1 + len(row) for row in expected]
    costs = [[0] * (len(actual) + 1) for _ in range(len(expected) + 1)]
    # From the end, so that the walk below meets the cheapest pairing from the start.
    for i in range(len(expected) - 1, -1, -1):
        costs[i][-1] = costs[i + 1][-1] + lone_costs[i]
    for j in range(len(actual) - 1, -1, -1):
        costs[-1][j] = costs[-1][j + 1] + 1
    distances = [[sum(1 for _ in _differences(row, other, types, leniency)) for other in actual] for row in expected]
    for i in range(len(expected) - 1, -1, -1):
        for j in range(len(actual) - 1, -1, -1):
            paired = distances[i][j] + costs[i + 1][j + 1]
            costs[i][j] = min(paired, lone_costs[i] + costs[i + 1][j], 1 + costs[i][j + 1])
    pairs: list[tuple[Row | None, Row | None]] = []
    i = j = 0
    while i < len(expected) or j < len(actual):
        if i < len(expected) and j < len(actual) and costs[i][j] == distances[i][j] + costs[i + 1][j + 1]:
            pairs.append((expected[i], actual[j]))
            i, j = i + 1, j + 1
        elif i < len(expected) and costs[i][j] == lone_costs[i] + costs[i + 1][j]:
            pairs.append((expected[i], None))
            i += 1
        else:
            pairs.append((None, actual[j]))
            j += 1
    return pairs
