"""The row that a record must become in a table: what the transform gives, and what Azure then does to it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from provisioner.kql import values
from provisioner.model.reserved_columns import is_filled_by_azure
from provisioner.package_data import load_facts
from provisioner.transforms.row_compare import cells_equal
from provisioner.transforms.volatile_columns import server_side_columns

if TYPE_CHECKING:
    from provisioner.kql import Query

TIME_COLUMN = "TimeGenerated"
Expectation = Literal["value", "received", "cut", "present", "any", "unwritten"]
_DESCRIPTIONS = {
    "received": "(the time of receipt)",
    "present": "(a value)",
    "any": "(what only Azure can know)",
    "unwritten": "(declared in the table, never written by the transform)",
}
_CLOCK_SKEW = dt.timedelta(minutes=5)
"""How far this machine's clock and Azure's may be apart."""


@dataclass(frozen=True, slots=True)
class ExpectedCell:
    """What one column must hold.

    value: exactly this · received: the time at which Azure accepted the record · cut: text that begins so, cut at
    Azure's limit · present: any value, as it depends on chance or the clock · any: even null, as only Azure can compute
    it · unwritten: a value, which no transform gives.
    """

    expectation: Expectation
    type: str
    value: Any = None

    def json(self) -> Any:
        """The value, or a description where it cannot be computed here."""
        return _DESCRIPTIONS.get(self.expectation, self.value)

    def matches(self, arrived: Any, sent: dt.datetime, seen: dt.datetime) -> bool:
        """Whether a JSON value that arrived is as expected, for a record sent and seen at these times."""
        match self.expectation:
            case "value":
                return cells_equal(self.value, arrived, self.type) or self._matches_json_text(arrived)
            case "cut":
                return isinstance(arrived, str) and bool(arrived) and self.value.startswith(arrived)
            case "received":
                time = parse_time(arrived)
                return time is not None and sent - _CLOCK_SKEW <= time <= seen + _CLOCK_SKEW
            case "present":
                return arrived is not None and arrived != ""
            case "any":
                return True
            case "unwritten":
                return False

    def _matches_json_text(self, arrived: Any) -> bool:
        """Whether a dynamic value arrived as its JSON text, as a search gives it. Source: basic-logs-query."""
        if self.type != "dynamic" or not isinstance(arrived, str):
            return False
        try:
            parsed = json.loads(arrived)
        except (ValueError, RecursionError):
            return False
        return cells_equal(self.value, parsed, self.type)


ExpectedRow = Mapping[str, ExpectedCell]


def expected_cells(
    query: Query,
    row: Mapping[str, Any],
    table: Mapping[str, str] | None,
    now: dt.datetime,
    *,
    unwritten_columns: tuple[str, ...] = (),
) -> dict[str, ExpectedCell]:
    """The cells of a transformed row once it is in the table, in the table's order of columns.

    `table` gives the table's columns with KQL's types, None where they are not known: then all that the transform
    writes is expected. `unwritten_columns` are those that the manifest declares and no flow into the table writes.
    """
    cells = {}
    for name, value in row.items():
        # Azure drops a value for which the table has no column, and fills its own columns itself: what a transform
        # writes there proves nothing. Source: data-collection-transformations-create, log-standard-columns.
        if (table is None or name in table) and not is_filled_by_azure(name):
            cells[name] = _expected_cell(query, name, value, now)
    for name in unwritten_columns:
        cells[name] = ExpectedCell("unwritten", (table or {}).get(name, "string"))
    # Reports list columns in the order in which queries show them.
    order = [*(table or ()), *cells]
    return {name: cells[name] for name in order if name in cells}


def is_time_replaced(time: dt.datetime, now: dt.datetime) -> bool:
    """Whether Azure replaces this time by that of receipt. Source: log-standard-columns, "TimeGenerated"."""
    return not now - dt.timedelta(days=2) <= time <= now + dt.timedelta(days=1)


def parse_time(value: Any) -> dt.datetime | None:
    """A JSON value as an aware datetime; None where it is none."""
    ticks = values.parse_datetime(value) if isinstance(value, str) else None
    return None if ticks is None else values.datetime_to_python(ticks)


def truncate_long_text(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with long text cut where Azure cuts it, closely enough to see whether a marker in it survives."""
    limit = _max_text_bytes()
    return {
        # The limit counts bytes, so it may fall inside a character.
        name: value.encode()[:limit].decode(errors="ignore") if isinstance(value, str) else value
        for name, value in row.items()
    }


def _expected_cell(query: Query, name: str, value: Any, now: dt.datetime) -> ExpectedCell:
    type_ = query.columns[name]
    # Azure treats this column apart: no time, or one out of its window, becomes that of receipt.
    if name == TIME_COLUMN:
        return _expected_time(value, now, volatile=name in query.volatile)
    if name in query.volatile:
        # What only Azure can compute may be null there as well; what the clock feeds has a value there if it has here.
        has_value = value is not None and name not in server_side_columns(query)
        return ExpectedCell("present" if has_value else "any", type_)
    if type_ == "string" and isinstance(value, str) and len(value.encode()) > _max_text_bytes():
        return ExpectedCell("cut", type_, value)
    return ExpectedCell("value", type_, value)


def _expected_time(value: Any, now: dt.datetime, *, volatile: bool) -> ExpectedCell:
    time = parse_time(value)
    if volatile or time is None or is_time_replaced(time, now):
        return ExpectedCell("received", "datetime")
    return ExpectedCell("value", "datetime", value)


def _max_text_bytes() -> int:
    limit: int = load_facts("limits.yaml")["record"]["field"]["most"]
    return limit
