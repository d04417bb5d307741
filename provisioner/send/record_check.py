"""What becomes of a record's values on the way into the stream's columns, by the coercion table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Any

from provisioner.kql.values.json_coercion import value_loss
from provisioner.model import Stream, TablePlan
from provisioner.package_data import load_facts
from provisioner.probes.expected_row import TIME_COLUMN, is_time_replaced, parse_time
from provisioner.send.send_result import ReasonCounter

_NUMBERS = frozenset({int, float})
# Values of these classes always arrive in a column of the type; any other is looked at closely. Classes and not
# isinstance: a flag is an int to Python, and 40,000 records a second leave no time for calls.
_SURE_CLASSES: Mapping[str, frozenset[type]] = {
    "real": _NUMBERS,
    "boolean": frozenset({bool}),
    "string": frozenset({str, int, float, bool}),
}
_RANGES: Mapping[str, tuple[int, int]] = {"int": (-(1 << 31), (1 << 31) - 1), "long": (-(1 << 63), (1 << 63) - 1)}
"""Type → least and greatest value."""


class RecordCheck:
    """Checks records of one stream; what does not arrive as it was sent is counted in `warnings`.

    `plans` are the plans of the tables behind the stream, `is_plain` says whether a flow has no transform.
    """

    def __init__(self, stream: Stream, plans: Sequence[TablePlan], now: dt.datetime, *, is_plain: bool) -> None:
        self.warnings = ReasonCounter()
        self._columns = stream.columns
        self._names = frozenset(stream.columns)
        self._by_lower_name = {name.lower(): name for name in stream.columns}
        # A refusal is worse than a null: the plan that refuses most decides.
        self._plan: TablePlan = "auxiliary" if is_plain and "auxiliary" in plans else "analytics"
        self._watched = [(name, type_) for name, type_ in stream.columns.items() if self._is_watched(type_)]
        self._is_plain = is_plain
        self._has_text_for_time = is_plain and stream.columns.get(TIME_COLUMN, "datetime") != "datetime"
        self._now = now
        self._field_limit = int(load_facts("limits.yaml")["record"]["field"]["most"])

    def _is_watched(self, type_: str) -> bool:
        # Everything arrives in a dynamic column, and all but what an auxiliary table refuses in one of text.
        return type_ not in ("dynamic", "string") or (type_ == "string" and self._plan != "analytics")

    def is_sure_of(self, values: Sequence[Mapping[str, Any]], largest: int) -> bool:
        """Whether the service surely takes all records and stores every value, the largest of so many bytes.

        A glance at whole columns; where it is not sure, `refusal` says of each record what is the matter.
        """
        if largest > self._field_limit or self._has_text_for_time or not all(map(self._names.issuperset, values)):
            return False
        return all(
            self._is_sure_of_column(name, type_, [value.get(name) for value in values]) for name, type_ in self._watched
        )

    def _is_sure_of_column(self, name: str, type_: str, cells: Sequence[Any]) -> bool:
        classes = set(map(type, cells))
        is_time = self._is_plain and name == TIME_COLUMN
        if not is_time:
            classes.discard(NoneType)
        if type_ in _RANGES:
            return classes <= {int} and _is_in_range(cells, *_RANGES[type_])
        if type_ == "datetime":
            return classes <= {str} and self._are_times(cells, is_time=is_time)
        return classes <= _SURE_CLASSES.get(type_, frozenset())

    def _are_times(self, cells: Sequence[Any], *, is_time: bool) -> bool:
        # Records of one second often have one time: each is parsed once.
        distinct_cells = set(cells) - {None}
        times = [time for cell in distinct_cells if (time := _quick_time(cell)) is not None]
        if len(times) < len(distinct_cells):
            return False
        return not (is_time and times) or not any(
            is_time_replaced(time, self._now) for time in (min(times), max(times))
        )

    def refusal(self, value: Any, size: int) -> str | None:
        """Why the service would not take a record of so many bytes; None where it would. Counts what gets lost."""
        if value.__class__ is not dict:
            return f"it is {_kind(value)} and not an object: the service would drop it without an error"
        if not self._names.issuperset(value):
            self._count_unknown(value)
        for name, type_ in self._watched:
            cell = value.get(name)
            if cell is None or cell.__class__ in _SURE_CLASSES.get(type_, ()) or _fits_at_once(cell, type_):
                continue
            if (loss := value_loss(cell, type_, self._plan)) is None:
                continue
            if loss.is_refusal:
                return f"{name}: {loss.note}"
            self.warnings.add(f"{name}: {loss.kind} into {type_}, {loss.note}")
        if self._is_plain and TIME_COLUMN in self._names:
            self._check_time(value.get(TIME_COLUMN))
        if size > self._field_limit:
            self._check_lengths(value)
        return None

    def _count_unknown(self, value: Mapping[str, Any]) -> None:
        # In the order of the record: a set has another one in every run.
        for name in (name for name in value if name not in self._names):
            similar = self._by_lower_name.get(name.lower())
            hint = f"; it has {similar}, and names differ by case" if similar else ""
            self.warnings.add(f"{name[:100]}: the stream has no such column, the value is dropped{hint}")

    def _check_time(self, value: Any) -> None:
        if value is None:
            self.warnings.add(f"{TIME_COLUMN}: missing, the time of receipt takes its place")
        elif (time := _quick_time(value) or parse_time(value)) is not None and is_time_replaced(time, self._now):
            self.warnings.add(
                f"{TIME_COLUMN}: more than 2 days old or 1 day ahead, the time of receipt takes its place"
            )

    def _check_lengths(self, value: Mapping[str, Any]) -> None:
        for name, cell in value.items():
            is_text = cell.__class__ is str and self._columns.get(name) == "string"
            if is_text and len(cell.encode()) > self._field_limit:
                self.warnings.add(f"{name}: a text longer than {self._field_limit // 1024} KB is cut")


def _fits_at_once(cell: Any, type_: str) -> bool:
    """Whether a value surely is one of its column's type, by a glance that costs next to nothing."""
    if cell.__class__ is int:
        return type_ in _RANGES and _is_in_range([cell], *_RANGES[type_])
    return type_ == "datetime" and _quick_time(cell) is not None


def _is_in_range(cells: Sequence[Any], least: int, greatest: int) -> bool:
    numbers = [cell for cell in cells if cell is not None]
    return not numbers or (least <= min(numbers) and max(numbers) <= greatest)


def _quick_time(cell: Any) -> dt.datetime | None:
    """The time of the commonest form, `2026-01-31T10:00:00…` with a zone; None for any other, which may be one too."""
    if cell.__class__ is not str or len(cell) < 20 or cell[10] != "T" or cell[4] != "-":
        return None
    try:
        time = dt.datetime.fromisoformat(cell)
    except ValueError:
        return None
    return time if time.tzinfo is not None else None


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    return "a list" if isinstance(value, list) else f"a {'text' if isinstance(value, str) else type(value).__name__}"
