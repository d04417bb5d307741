"""One KQL query over the rows of a workspace's tables: tables looked up, rows narrowed, the result in Azure's shape."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from provisioner.emulator import azure_facts
from provisioner.emulator.arm import tables, workspaces
from provisioner.emulator.http.response import Response
from provisioner.emulator.logs import row_store
from provisioner.emulator.logs.filter_pushdown import required_words, tables_named
from provisioner.emulator.logs.query_errors import bad_argument, query_error
from provisioner.emulator.timespan import parse_timespan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.emulator.state import EmulatorState
    from provisioner.emulator.store import StoredResource
    from provisioner.kql.ir.bound_query import Query

ROWS_LIMIT = 500_000
"""Rows in an answer; AMD fundamentals/service-limits.md."""

_INGESTION_TIME = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|\b(ingestion_time\(\))")


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A query of one or more workspaces.

    `time_range` narrows TimeGenerated, `prefer` is the header of that name, and `any_plan` lets tables of other plans
    than Analytics be read.
    """

    text: str
    workspaces: list[StoredResource]
    time_range: tuple[str, str]
    prefer: str = ""
    any_plan: bool = False


@dataclass(slots=True)
class _QueriedTable:
    """A table that a query names: the keys of its rows, one for each workspace, and its columns in KQL's types."""

    row_keys: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)


def run_query(state: EmulatorState, request: QueryRequest) -> Response:
    """The result of a query; raises ApiError 400 BadArgumentError."""
    from provisioner import kql

    started = time.perf_counter()
    text = _INGESTION_TIME.sub(_ingestion_time_column, request.text)
    queried = _queried_tables(state, request.workspaces, text)
    _check_plans(state, list(queried), request.workspaces[0], any_plan=request.any_plan)
    schemas = {name: table.columns for name, table in queried.items()}
    query, diagnostics = kql.bind(text, tables=schemas, dialect="query")
    if query is None:
        raise query_error(text, diagnostics)
    words = required_words(text, {name: _without_standard(columns) for name, columns in schemas.items()})
    sources = {
        name: _TableRows(state, table, row_store.RowFilter(*request.time_range, words.get(name, frozenset())))
        for name, table in queried.items()
    }
    now = datetime.fromtimestamp(state.clock.now(), UTC)
    rows = kql.evaluate(query, sources, now=now, form="json")
    return _result_response(query, rows, request.prefer, started)


def check_query(state: EmulatorState, text: str, sources: list[StoredResource]) -> None:
    """Raises ApiError 400 for a query that cannot be run over these workspaces.

    Of a query over one of Azure's tables whose columns are not known here, such as Perf, nothing is said.
    """
    from provisioner import kql

    text = _INGESTION_TIME.sub(_ingestion_time_column, text)
    queried = _queried_tables(state, sources, text)
    query, diagnostics = kql.bind(text, tables={name: one.columns for name, one in queried.items()}, dialect="query")
    is_known = all(any(tables.table_columns(state, source, name) for source in sources) for name in queried)
    if query is None and is_known:
        raise query_error(text, diagnostics)


def _ingestion_time_column(match: re.Match[str]) -> str:
    # The function reads a column that only stored rows have. Its stand-in is as long, so that the spans of
    # diagnostics stay right; a string that contains the words stays as it is.
    return "(_TimeReceived) " if match[1] else match[0]


def _without_standard(columns: dict[str, str]) -> dict[str, str]:
    """The columns that stored rows hold as they were sent: only their words are in the filters."""
    standard = azure_facts.standard_columns()
    return {name: column_type for name, column_type in columns.items() if name not in standard}


def _check_plans(state: EmulatorState, names: list[str], workspace: StoredResource, *, any_plan: bool) -> None:
    """Basic and Auxiliary tables answer to a search alone; AMD logs/basic-logs-query.md."""
    for name in names:
        table = tables.find_table(state, workspace, name)
        if not any_plan and table is not None and table.private["plan"] != "Analytics":
            raise bad_argument(f"Table {name} has the plan {table.private['plan']}: use the search API.")


def _queried_tables(state: EmulatorState, sources: list[StoredResource], text: str) -> dict[str, _QueriedTable]:
    queried: dict[str, _QueriedTable] = {}
    for workspace in sources:
        custom = [table.name for table in state.store.find_by_type(workspaces.TABLE, f"{workspace.key}/")]
        for name in tables_named(text, [*custom, *azure_facts.azure_tables()]):
            columns = tables.table_columns(state, workspace, name) or {"TimeGenerated": "datetime"}
            # A query over several workspaces is a union of the tables of a name.
            table = queried.setdefault(name, _QueriedTable())
            table.row_keys.append(row_store.table_key(workspace.body["properties"]["customerId"], name))
            all_columns = {**columns, **azure_facts.standard_columns()}
            table.columns.update({column: _kql_type(table_type) for column, table_type in all_columns.items()})
    return queried


def _kql_type(table_type: str) -> str:
    # Once stored, a guid is a string: `has` works on it, isnull never holds. Source: AMD logs/create-custom-table.md.
    return {"boolean": "bool", "guid": "string"}.get(table_type, table_type)


@dataclass(frozen=True, slots=True)
class _TableRows:
    """The rows of a table, read again each time: a union or a join may name one table twice."""

    state: EmulatorState
    table: _QueriedTable
    row_filter: row_store.RowFilter

    def __iter__(self) -> Iterator[dict[str, object]]:
        empty_row, span = dict.fromkeys(self.table.columns), self.row_filter
        for key in self.table.row_keys:
            for row in row_store.read_rows(self.state, key, span, {"_ResourceId": "", "_SubscriptionId": ""}):
                if span.start <= str(row["TimeGenerated"]) <= span.end:
                    yield {**empty_row, **row}


def time_range(state: EmulatorState, timespans: tuple[str | None, ...]) -> tuple[str, str]:
    """The intersection of the timespans, as texts that sort like their instants; raises ApiError 400."""
    now = datetime.fromtimestamp(state.clock.now(), UTC)
    start_text, end_text = row_store.FAR_PAST, row_store.FAR_FUTURE
    for timespan in timespans:
        if timespan:
            try:
                start, end = parse_timespan(timespan, now)
            except (ValueError, OverflowError) as error:
                raise bad_argument(f"The timespan '{timespan}' is not valid: {error}.") from error
            start_text = max(start_text, _iso(start))
            # A row at the very end belongs to the span; the stored text has one digit more than Python's.
            end_text = min(end_text, _iso(end + timedelta(microseconds=1)))
    return start_text, end_text


def _iso(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


def _result_response(query: Query, rows: Iterator[dict[str, object]], prefer: str, started: float) -> Response:
    columns = [{"name": name, "type": column_type} for name, column_type in query.columns.items()]
    is_dynamic = [column_type == "dynamic" for column_type in query.columns.values()]
    cells: list[list[object]] = []
    error = None
    for row in rows:
        # HTTP 200 with `error.code` PartialError beside the rows, as documented.
        if len(cells) == ROWS_LIMIT:
            error = _partial_error()
            break
        cells.append([_cell(row[name], dynamic) for name, dynamic in zip(query.columns, is_dynamic, strict=True)])
    body: dict[str, object] = {"tables": [{"name": "PrimaryResult", "columns": columns, "rows": cells}]}
    if error:
        body["error"] = error
    preferences = prefer.replace(" ", "").lower()
    if "include-render=true" in preferences:
        body["render"] = {
            "visualization": None,
            "title": None,
            "accumulate": False,
            "isQuerySorted": False,
            "kind": None,
            "annotation": "",
            "by": None,
        }
    if "include-statistics=true" in preferences:
        body["statistics"] = {"query": {"executionTime": time.perf_counter() - started, "resultCount": len(cells)}}
    return Response(body=json.dumps(body, separators=(",", ":")))


def _partial_error() -> dict[str, object]:
    message = f"The results of this query exceed the set limit of {ROWS_LIMIT} records"
    return {
        "code": "PartialError",
        "message": "There were some errors when processing your query.",
        "details": [{"code": "EngineError", "message": message}],
    }


def _cell(value: object, is_dynamic: bool) -> object:
    # The API sends a dynamic value as a string of JSON.
    if is_dynamic and value is not None and not isinstance(value, str):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return value
