"""Looking for test rows: one query for all tables, by marker or by time."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from provisioner.errors import CloudError, Rejected
from provisioner.probes.expected_row import TIME, Cell, instant
from provisioner.probes.probe import Leg

if TYPE_CHECKING:
    from provisioner.azure.query_client import Query

Row = dict[str, Any]
_LEGS = 50
"""Tables in one union; more make a text that is slow to compile."""
_ROWS = 1000
_CLAMP = dt.timedelta(days=3)
"""Wider than the 2 days back and 1 day ahead between which Azure leaves TimeGenerated alone."""
_LITERALS = {"datetime": "datetime({})", "guid": "guid({})", "int": "int({})", "long": "long({})", "bool": "{}"}
_UNRESOLVED = re.compile(r"failed to resolve|could ?n.t be resolved|SEM0100|SEM0001", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
SEARCHED = frozenset({"basic", "auxiliary"})
"""Plans whose tables the query path does not answer for; source: basic-logs-query."""


class Finder:
    """Asks one workspace for the rows of one run."""

    def __init__(self, query: Query, workspace: str, run: str) -> None:
        self._query = query
        self._workspace = workspace
        self._run = run
        self._number = re.compile(rf"{run}-(\d+)", re.IGNORECASE)

    def look(self, legs: Sequence[Leg]) -> None:
        """Fill `found` of each leg with the best row for each number.

        A refusal is kept in the leg's `query_error`; it is raised by none.
        """
        self._look(legs, everywhere=False)

    def look_everywhere(self, legs: Sequence[Leg]) -> None:
        """Fill `elsewhere` with rows at whatever time; what came since the last look goes to `found`."""
        able = [leg for leg in legs if leg.query_error is None]
        again = [replace(leg, found={}, elsewhere={}) for leg in able]
        self._look(again, everywhere=True)
        for leg, other in zip(able, again, strict=True):
            here = {number: row for number, row in other.found.items() if self.covers(row)}
            if late := {number: row for number, row in here.items() if number not in leg.found}:
                leg.found |= late
                leg.seen = leg.seen or other.seen
            leg.elsewhere = {number: row for number, row in other.found.items() if number not in here}

    def _look(self, legs: Sequence[Leg], *, everywhere: bool) -> None:
        together = [leg for leg in legs if leg.plan not in SEARCHED]
        for start in range(0, len(together), _LEGS):
            self._union(together[start : start + _LEGS], everywhere=everywhere)
        for leg in legs:
            if leg.plan in SEARCHED:
                self._alone(leg, everywhere=everywhere)

    @staticmethod
    def covers(row: Mapping[str, Any]) -> bool:
        """Whether a row's time lies where an ordinary look sees it."""
        moment = instant(row.get(TIME))
        return moment is not None and abs(moment - dt.datetime.now(dt.UTC)) < _CLAMP

    def _union(self, legs: Sequence[Leg], *, everywhere: bool) -> None:
        parts = [
            f"({self._part(leg, everywhere=everywhere)} | project Place = {n}, Row = pack_all())"
            for n, leg in enumerate(legs)
        ]
        text = parts[0][1:-1] if len(parts) == 1 else f"union isfuzzy=true {', '.join(parts)}"
        try:
            rows = self._query.run(self._workspace, text, self._timespan(legs, everywhere=everywhere))
        except Rejected as error:
            # One table that cannot be asked spoils the whole; alone each tells for itself.
            if len(legs) == 1:
                _refused(legs[0], error)
            for leg in legs if len(legs) > 1 else ():
                self._union([leg], everywhere=everywhere)
            return
        except CloudError as error:
            for leg in legs:
                leg.query_error = error
            return
        for number, leg in enumerate(legs):
            leg.query_error = None
            self._take(leg, [_bag(row["Row"]) for row in rows if int(row["Place"]) == number])

    def _alone(self, leg: Leg, *, everywhere: bool) -> None:
        """A table whose plan allows only simple queries, one table each, on a path of its own."""
        try:
            rows = self._query.run(
                self._workspace,
                self._part(leg, everywhere=everywhere),
                self._timespan([leg], everywhere=everywhere) or "P30D",
                path="search",
            )
        except CloudError as error:
            _refused(leg, error)
            return
        leg.query_error = None
        self._take(leg, rows)

    def _part(self, leg: Leg, *, everywhere: bool) -> str:
        if leg.columns:
            types = leg.lane.query.columns
            texts = (
                _name(each) if types[each] == "string" else f"tostring({_name(each)})" for each in sorted(leg.columns)
            )
            found = " or ".join(f'{text} has "{self._run}"' for text in texts)
        elif everywhere:
            found = "true"
        else:
            found = f"{TIME} between ({_moment(_first(leg))} .. {_moment(_last(leg))}) and ({_alikes(leg)})"
        return f"{_name(leg.table)} | where {found} | take {_ROWS}"

    def _timespan(self, legs: Iterable[Leg], *, everywhere: bool) -> str | None:
        if everywhere:
            return None
        start = min(leg.shot.made for leg in legs) - _CLAMP
        return f"{_iso(start)}/{_iso(dt.datetime.now(dt.UTC) + _CLAMP)}"

    def _take(self, leg: Leg, rows: Sequence[Row]) -> None:
        """Give each foretold row the found one that fits best: a row can come twice, or from before a change."""
        leg.unknown = None
        if rows and leg.seen is None:
            leg.seen = dt.datetime.now(dt.UTC)
        if leg.columns:
            _match(leg, rows, lambda row: self._numbers(leg, row))
        else:
            _match(leg, rows, lambda row: [number for number in leg.expected if _alike(leg, number, row)])

    def _numbers(self, leg: Leg, row: Row) -> list[int]:
        told = " ".join(json.dumps(row.get(name), ensure_ascii=False) for name in leg.columns)
        return [number for each in self._number.findall(told) if (number := int(each)) in leg.expected]


def _refused(leg: Leg, error: CloudError) -> None:
    """A table or column that queries do not know yet is no refusal: that takes minutes after it was made."""
    if isinstance(error, Rejected) and _UNRESOLVED.search(
        " ".join([error.message, *(each[1] for each in error.details)])
    ):
        leg.query_error, leg.unknown = None, error.message
    else:
        leg.query_error = error


def _alikes(leg: Leg) -> str:
    """What the rows of a leg without a marker must equal, as far as KQL says it exactly; a busy table needs that."""
    rows = []
    for cells in leg.expected.values():
        equal = [f"{_name(name)} == {text}" for name, cell in cells.items() if (text := _literal(cell)) is not None]
        rows.append(" and ".join(equal) or "true")
    return " or ".join(f"({each})" for each in dict.fromkeys(rows))


def _literal(cell: Cell) -> str | None:
    if cell.kind != "value" or cell.value is None:
        return None
    form = _LITERALS.get(cell.type)
    return form.format(str(cell.value).lower() if cell.type == "bool" else cell.value) if form else None


def _match(leg: Leg, rows: Sequence[Row], numbers: Callable[[Row], Iterable[int]]) -> None:
    before = len(leg.found), len(leg.differing)
    for row in rows:
        for number in numbers(row):
            old = leg.found.get(number)
            if old is None or _off(leg, number, row) < _off(leg, number, old):
                leg.found[number] = row
    if (len(leg.found), len(leg.differing)) != before:
        leg.seen = dt.datetime.now(dt.UTC)


def _off(leg: Leg, number: int, row: Mapping[str, Any]) -> int:
    return sum(not leg.holds(name, row, cell) for name, cell in leg.expected[number].items())


def _alike(leg: Leg, number: int, row: Mapping[str, Any]) -> bool:
    """Whether a row without a marker is the foretold one: all cells that can be told exactly are equal."""
    exact = {name: cell for name, cell in leg.expected[number].items() if cell.kind in {"value", "received"}}
    return all(leg.holds(name, row, cell) for name, cell in exact.items())


def _first(leg: Leg) -> dt.datetime:
    told = [instant(cell.value) for cells in leg.expected.values() if (cell := cells.get(TIME)) is not None]
    return min([each for each in told if each is not None] + [leg.shot.made]) - dt.timedelta(minutes=5)


def _last(leg: Leg) -> dt.datetime:
    told = [instant(cell.value) for cells in leg.expected.values() if (cell := cells.get(TIME)) is not None]
    return max([each for each in told if each is not None] + [dt.datetime.now(dt.UTC)]) + dt.timedelta(minutes=5)


def _bag(value: Any) -> Row:
    bag = json.loads(value) if isinstance(value, str) else value
    return bag if isinstance(bag, dict) else {}


def _name(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else f"['{name}']"


def _moment(moment: dt.datetime) -> str:
    return f"datetime({_iso(moment)})"


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
