"""The row that a record must become in a table: what the transform makes of it, and what Azure then does to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from provisioner.kql import values
from provisioner.package_data import load_facts
from provisioner.transforms.row_compare import same

if TYPE_CHECKING:
    from provisioner.kql import Query

TIME = "TimeGenerated"
Kind = Literal["value", "received", "cut", "present", "any", "unwritten"]
_WORDS = {
    "received": "(the time of receipt)",
    "present": "(a value)",
    "any": "(what only Azure can know)",
    "unwritten": "(declared in the table, never written by the transform)",
}
_CLOCK = frozenset({"now", "ago"})
_LOOKUPS = frozenset({"geo_location", "lookup_string_am", "ingestion_time"})
_SKEW = dt.timedelta(minutes=5)
"""How far our clock and Azure's may be apart."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one column must hold.

    value: exactly this · received: the time at which Azure took the record · cut: text that begins so, cut at Azure's
    limit · present: some value, because nobody can foretell it · any: not even that · unwritten: a value, which no
    transform gives.
    """

    kind: Kind
    type: str
    value: Any = None

    def json(self) -> Any:
        """The value, or words where there is none to tell."""
        return _WORDS.get(self.kind, self.value)

    def holds(self, arrived: Any, sent: dt.datetime, seen: dt.datetime) -> bool:
        """Whether what arrived is that, for a record sent and seen between these times."""
        match self.kind:
            case "value":
                return same(self.value, arrived, self.type)
            case "cut":
                return isinstance(arrived, str) and bool(arrived) and self.value.startswith(arrived)
            case "received":
                moment = instant(arrived)
                return moment is not None and sent - _SKEW <= moment <= seen + _SKEW
            case "present":
                return arrived is not None and arrived != ""
            case "any":
                return True
            case "unwritten":
                return False


Cells = Mapping[str, Cell]


def foretell(
    query: Query,
    row: Mapping[str, Any],
    table: Mapping[str, str] | None,
    now: dt.datetime,
    *,
    unwritten: tuple[str, ...] = (),
) -> dict[str, Cell]:
    """The cells of a transformed row once it is in the table.

    `table` gives the table's columns with KQL's types, None where nobody knows them: then all that the transform
    writes is expected. `unwritten` are columns that the manifest declares and no flow into the table writes.
    """
    cells = {}
    for name, value in row.items():
        type_ = query.columns[name]
        if table is not None and name not in table:
            continue  # dropped in silence; source: data-collection-transformations-create
        if name == TIME:
            cells[name] = _time(value, now, volatile=name in query.volatile)
        elif name in query.volatile:
            # What only Azure can look up may be nothing; what the clock feeds is there if it is there here.
            known = value is not None and name not in looked_up(query)
            cells[name] = Cell("present" if known else "any", type_)
        elif type_ == "string" and isinstance(value, str) and len(value.encode()) > _limit():
            cells[name] = Cell("cut", type_, value)
        else:
            cells[name] = Cell("value", type_, value)
    for name in unwritten:
        cells[name] = Cell("unwritten", (table or {}).get(name, "string"))
    order = [*(table or ()), *cells]
    return {name: cells[name] for name in order if name in cells}


def unforeseeable(query: Query) -> frozenset[str]:
    """Columns that no fixed clock settles: fed by chance, or by what only Azure can look up."""
    return frozenset(name for name, functions in query.volatile.items() if functions - _CLOCK)


def looked_up(query: Query) -> frozenset[str]:
    """Columns fed by what only Azure can look up; here they are null."""
    return frozenset(name for name, functions in query.volatile.items() if functions & _LOOKUPS)


def clamped(moment: dt.datetime, now: dt.datetime) -> bool:
    """Whether Azure replaces this time by that of receipt. Source: log-standard-columns, "TimeGenerated"."""
    return not now - dt.timedelta(days=2) <= moment <= now + dt.timedelta(days=1)


def instant(text: Any) -> dt.datetime | None:
    """A JSON value as an aware datetime; None where it is none."""
    ticks = values.parse_datetime(text) if isinstance(text, str) else None
    return None if ticks is None else values.ticks_to_python(ticks)


def cut(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with long text cut as Azure cuts it, near enough to see whether a word in it survives."""
    limit = _limit()
    return {
        name: value.encode()[:limit].decode(errors="ignore") if isinstance(value, str) else value
        for name, value in row.items()
    }


def _time(value: Any, now: dt.datetime, *, volatile: bool) -> Cell:
    moment = instant(value)
    if volatile or moment is None or clamped(moment, now):
        return Cell("received", "datetime")
    return Cell("value", "datetime", value)


def _limit() -> int:
    most: int = load_facts("limits.yaml")["record"]["field"]["most"]
    return most
