"""What becomes of a record's values on the way into the stream's columns, by the coercion table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
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
_SMALLEST_OF_INT, _LARGEST_OF_INT = -(1 << 31), (1 << 31) - 1
_SMALLEST_OF_LONG, _LARGEST_OF_LONG = -(1 << 63), (1 << 63) - 1


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
        self._now = now
        self._field_limit = int(load_facts("limits.yaml")["record"]["field"]["most"])

    def _is_watched(self, type_: str) -> bool:
        # Everything arrives in a dynamic column, and all but what an auxiliary table refuses in one of text.
        return type_ not in ("dynamic", "string") or (type_ == "string" and self._plan != "analytics")

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
        if type_ == "long":
            return _SMALLEST_OF_LONG <= cell <= _LARGEST_OF_LONG
        return type_ == "int" and _SMALLEST_OF_INT <= cell <= _LARGEST_OF_INT
    return type_ == "datetime" and _quick_time(cell) is not None


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
