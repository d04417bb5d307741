"""Looks for test rows: one query for all tables, by marker or by time and values."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from provisioner.errors import CloudError, Rejected
from provisioner.probes.expected_row import TIME_COLUMN, ExpectedCell, parse_time
from provisioner.probes.probe import FlowProbe, ProbeState

if TYPE_CHECKING:
    from provisioner.azure.query_client import QueryClient

Row = dict[str, Any]
MAX_TABLES_IN_UNION = 50
"""More tables in one union make a text that is slow to compile."""
_MAX_ROWS = 1000
_TIME_WINDOW = dt.timedelta(days=3)
"""Wider than the 2 days back and 1 day ahead between which Azure leaves TimeGenerated alone."""
_TIME_MARGIN = dt.timedelta(minutes=5)
_KQL_LITERALS = {"datetime": "datetime({})", "guid": "guid({})", "int": "int({})", "long": "long({})", "bool": "{}"}
_UNRESOLVED = re.compile(r"failed to resolve|could ?n.t be resolved|SEM0100|SEM0001", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
SEARCH_PATH_PLANS = frozenset({"basic", "auxiliary"})
"""Plans whose tables answer on the search path only. Source: basic-logs-query."""


class RowLookup:
    """Asks one workspace for the rows of one run.

    A refusal is raised by none of its methods: it is kept in the `query_error` of the flow's state.
    """

    def __init__(self, query: QueryClient, workspace_id: str, run_id: str) -> None:
        self._query = query
        self._workspace_id = workspace_id
        self._run_id = run_id
        self._numbers = re.compile(rf"{run_id}-(\d+)", re.IGNORECASE)

    def search(self, flows: Sequence[FlowProbe]) -> None:
        """Fill `rows` of each flow's state with the best row for each number, from the days around now."""
        self._search(flows, any_time=False)

    def search_any_time(self, flows: Sequence[FlowProbe]) -> None:
        """Fill `rows_at_other_times`; a row that an ordinary search would find now goes to `rows`."""
        readable = [flow for flow in flows if flow.state.query_error is None]
        fresh = [replace(flow, state=ProbeState()) for flow in readable]
        self._search(fresh, any_time=True)
        for flow, result in zip(readable, fresh, strict=True):
            state, found_rows = flow.state, result.state.rows
            in_window = {number: row for number, row in found_rows.items() if _is_in_window(row)}
            late = {number: row for number, row in in_window.items() if number not in state.rows}
            if late:
                state.rows |= late
                state.changed_at = state.changed_at or result.state.changed_at
            state.rows_at_other_times = {n: row for n, row in found_rows.items() if n not in in_window}

    def _search(self, flows: Sequence[FlowProbe], *, any_time: bool) -> None:
        joinable = [flow for flow in flows if flow.table_plan not in SEARCH_PATH_PLANS]
        for start in range(0, len(joinable), MAX_TABLES_IN_UNION):
            self._search_union(joinable[start : start + MAX_TABLES_IN_UNION], any_time=any_time)
        for flow in flows:
            if flow.table_plan in SEARCH_PATH_PLANS:
                self._search_alone(flow, any_time=any_time)

    def _search_union(self, flows: Sequence[FlowProbe], *, any_time: bool) -> None:
        parts = [
            # Tables differ in their columns; one bag a row makes their rows alike.
            f"({self._table_query(flow, any_time=any_time)} | project Place = {n}, Row = pack_all())"
            for n, flow in enumerate(flows)
        ]
        # isfuzzy: a table that queries do not know yet is passed over, and the others still answer.
        text = parts[0][1:-1] if len(parts) == 1 else f"union isfuzzy=true {', '.join(parts)}"
        try:
            rows = self._query.run(self._workspace_id, text, _timespan(flows, any_time=any_time))
        except Rejected as error:
            # One table that cannot be asked fails the whole union; alone, each shows its own answer.
            if len(flows) == 1:
                _keep_error(flows[0], error)
            for flow in flows if len(flows) > 1 else ():
                self._search_union([flow], any_time=any_time)
            return
        except CloudError as error:
            for flow in flows:
                flow.state.query_error = error
            return
        for position, flow in enumerate(flows):
            self._take_rows(flow, [_parse_bag(row["Row"]) for row in rows if int(row["Place"]) == position])

    def _search_alone(self, flow: FlowProbe, *, any_time: bool) -> None:
        """A table whose plan allows only simple queries, one table each, on the search path."""
        query = self._table_query(flow, any_time=any_time)
        # The search path needs a span; Basic tables keep rows for 30 days.
        timespan = _timespan([flow], any_time=any_time) or "P30D"
        try:
            rows = self._query.run(self._workspace_id, query, timespan, path="search")
        except CloudError as error:
            _keep_error(flow, error)
            return
        self._take_rows(flow, rows)

    def _table_query(self, flow: FlowProbe, *, any_time: bool) -> str:
        if flow.marker_columns:
            types = flow.bound_flow.query.columns
            names = [(_quote(name), types[name]) for name in sorted(flow.marker_columns)]
            texts = [name if type_ == "string" else f"tostring({name})" for name, type_ in names]
            condition = " or ".join(f'{text} has "{self._run_id}"' for text in texts)
        elif any_time:
            condition = "true"
        else:
            first, last = _expected_time_span(flow)
            condition = f"{TIME_COLUMN} between ({first} .. {last}) and ({_equal_values(flow)})"
        return f"{_quote(flow.table)} | where {condition} | take {_MAX_ROWS}"

    def _take_rows(self, flow: FlowProbe, rows: Sequence[Row]) -> None:
        """Give each expected row the one that fits it best: a row can come twice, or from before a change."""
        flow.state.query_error = flow.state.unresolved = None
        if rows and flow.state.changed_at is None:
            flow.state.changed_at = dt.datetime.now(dt.UTC)
        if flow.marker_columns:
            _match_rows(flow, rows, lambda row: self._marker_numbers(flow, row))
        else:
            _match_rows(flow, rows, lambda row: [number for number in flow.expected if _equals(flow, number, row)])

    def _marker_numbers(self, flow: FlowProbe, row: Row) -> list[int]:
        text = " ".join(json.dumps(row.get(name), ensure_ascii=False) for name in flow.marker_columns)
        return [number for digits in self._numbers.findall(text) if (number := int(digits)) in flow.expected]


def _keep_error(flow: FlowProbe, error: CloudError) -> None:
    messages = " ".join([error.message, *(message for _, message, _ in error.details)])
    # Queries do not know a new table or column for some minutes: that is no refusal, the row may still come.
    if isinstance(error, Rejected) and _UNRESOLVED.search(messages):
        flow.state.query_error, flow.state.unresolved = None, error.message
    else:
        flow.state.query_error = error


def _is_in_window(row: Mapping[str, Any]) -> bool:
    """Whether a row's time lies where an ordinary search sees it."""
    time = parse_time(row.get(TIME_COLUMN))
    return time is not None and abs(time - dt.datetime.now(dt.UTC)) < _TIME_WINDOW


def _timespan(flows: Iterable[FlowProbe], *, any_time: bool) -> str | None:
    """An ISO 8601 interval around the run; None for all times."""
    if any_time:
        return None
    start = min(flow.probe.planned_at for flow in flows) - _TIME_WINDOW
    return f"{_iso(start)}/{_iso(dt.datetime.now(dt.UTC) + _TIME_WINDOW)}"


def _equal_values(flow: FlowProbe) -> str:
    """The condition that rows without a marker fulfil, as far as KQL can say it exactly.

    Without it the rows of a busy table would use up the limit of rows.
    """
    conditions = []
    for cells in flow.expected.values():
        equal = [f"{_quote(name)} == {text}" for name, cell in cells.items() if (text := _literal(cell)) is not None]
        conditions.append(" and ".join(equal) or "true")
    return " or ".join(f"({condition})" for condition in dict.fromkeys(conditions))


def _literal(cell: ExpectedCell) -> str | None:
    if cell.expectation != "value" or cell.value is None:
        return None
    pattern = _KQL_LITERALS.get(cell.type)
    return pattern.format(str(cell.value).lower() if cell.type == "bool" else cell.value) if pattern else None


def _match_rows(flow: FlowProbe, rows: Sequence[Row], numbers_of: Callable[[Row], Iterable[int]]) -> None:
    matched = flow.state.rows
    before = len(matched), len(flow.differing_columns)
    for row in rows:
        for number in numbers_of(row):
            previous = matched.get(number)
            if previous is None or _mismatches(flow, number, row) < _mismatches(flow, number, previous):
                matched[number] = row
    if (len(matched), len(flow.differing_columns)) != before:
        flow.state.changed_at = dt.datetime.now(dt.UTC)


def _mismatches(flow: FlowProbe, number: int, row: Mapping[str, Any]) -> int:
    return sum(not flow.cell_matches(name, row, cell) for name, cell in flow.expected[number].items())


def _equals(flow: FlowProbe, number: int, row: Mapping[str, Any]) -> bool:
    """Whether a row without a marker is the expected one: all cells that can be computed here are equal."""
    cells = flow.expected[number].items()
    exact = {name: cell for name, cell in cells if cell.expectation in {"value", "received"}}
    return all(flow.cell_matches(name, row, cell) for name, cell in exact.items())


def _expected_time_span(flow: FlowProbe) -> tuple[str, str]:
    """The first and last TimeGenerated of the expected rows as KQL literals, now and the run's start included."""
    cells = [row[TIME_COLUMN] for row in flow.expected.values() if TIME_COLUMN in row]
    times = [time for cell in cells if (time := parse_time(cell.value)) is not None]
    first = min([*times, flow.probe.planned_at]) - _TIME_MARGIN
    last = max([*times, dt.datetime.now(dt.UTC)]) + _TIME_MARGIN
    return f"datetime({_iso(first)})", f"datetime({_iso(last)})"


def _parse_bag(value: Any) -> Row:
    bag = json.loads(value) if isinstance(value, str) else value
    return bag if isinstance(bag, dict) else {}


def _quote(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else f"['{name}']"


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
