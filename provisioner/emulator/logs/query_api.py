"""The log query API: KQL over the rows of a workspace's tables."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from provisioner.emulator import azure_facts
from provisioner.emulator.arm import tables, workspaces
from provisioner.emulator.arm.access_control import authorize
from provisioner.emulator.arm.resource_envelope import require_group
from provisioner.emulator.http.response import Answer, Refusal
from provisioner.emulator.logs import row_store as stored_rows
from provisioner.emulator.logs.filter_pushdown import tables_named, words_needed
from provisioner.emulator.timespan import parse_timespan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.emulator.http.request import Call
    from provisioner.emulator.store import Record

_INGESTION_TIME = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|\b(ingestion_time\(\))")

ROWS_MOST = 500_000
"""Rows in an answer; AMD fundamentals/service-limits.md."""


def post(call: Call) -> Answer:
    """A query against a workspace by its GUID."""
    workspace = _by_guid(call, call.names["workspace_id"])
    return _answer(call, workspace, _body(call.json() if call.content else {}), call.query.get("timespan"))


def get(call: Call) -> Answer:
    """The same with everything in the query string."""
    workspace = _by_guid(call, call.names["workspace_id"])
    return _answer(call, workspace, _body(dict(call.query)), None)


def search(call: Call) -> Answer:
    """A query of one table, of any plan; its timespan stands in the URL."""
    workspace = _by_guid(call, call.names["workspace_id"])
    return _search(call, workspace)


def search_resource(call: Call) -> Answer:
    """The same by resource id."""
    require_group(call)
    return _search(call, workspaces.require(call))


def _search(call: Call, workspace: Record) -> Answer:
    if not call.query.get("timespan"):
        raise bad("A search needs a timespan in the URL.")
    body = _body(call.json() if call.content else {})
    return _answer(call, workspace, {**body, "timespan": None}, call.query["timespan"], any_plan=True)


def post_resource(call: Call) -> Answer:
    """A query against a workspace by its resource id."""
    require_group(call)
    workspace = workspaces.require(call)
    return _answer(call, workspace, _body(call.json() if call.content else {}), call.query.get("timespan"))


def batch(call: Call) -> Answer:
    """Several queries in one call; each has an answer and a status of its own."""
    document = call.object()
    requests = document.get("requests")
    if not isinstance(requests, list) or not all(isinstance(each, dict) for each in requests):
        raise bad("The batch needs an array 'requests' of objects.")
    return Answer(body={"responses": [_part(call, each) for each in requests]})


def _part(call: Call, request: dict[str, Any]) -> dict[str, Any]:
    try:
        body = _body(request.get("body") or {})
        workspace = _by_guid(call, str(request.get("workspace")))
        headers = request.get("headers")
        prefer = (
            next((str(v) for k, v in headers.items() if k.lower() == "prefer"), "") if isinstance(headers, dict) else ""
        )
        done = _answer(call, workspace, body, None, prefer=prefer)
    except Refusal as refusal:
        done = refusal.answer()
    shown = json.loads(done.body) if isinstance(done.body, str) else done.body
    return {
        "id": str(request.get("id")),
        "status": done.status,
        "headers": {"Content-Type": "application/json"},
        "body": shown,
    }


def _body(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise bad("The request body is not an object.")
    for name in ("query", "timespan"):
        if given.get(name) is not None and not isinstance(given[name], str):
            raise bad(f"'{name}' is not a string.")
    return given


def _by_guid(call: Call, wanted: str) -> Record:
    found = next(
        (
            each
            for each in call.world.store.find(workspaces.KIND)
            if each.body["properties"]["customerId"] == wanted.lower()
        ),
        None,
    )
    if found is None:
        raise Refusal(404, "WorkspaceNotFoundError", "The workspace could not be found")
    _check_right(call, found)
    return found


def _check_right(call: Call, workspace: Record) -> None:
    try:
        authorize(call, "Microsoft.OperationalInsights/workspaces/query/read", workspace.id)
    except Refusal as refusal:
        message = "The provided credentials have insufficient access to perform the requested operation"
        raise Refusal(403, "InsufficientAccessError", message) from refusal


def _answer(
    call: Call,
    workspace: Record,
    body: dict[str, Any],
    in_url: str | None,
    *,
    prefer: str | None = None,
    any_plan: bool = False,
) -> Answer:
    from provisioner import kql

    started = time.perf_counter()
    if workspace.body["properties"]["publicNetworkAccessForQuery"] != "Enabled":
        message = "The workspace does not take queries from public networks (publicNetworkAccessForQuery)."
        raise Refusal(403, "InsufficientAccessError", message)
    text = _INGESTION_TIME.sub(_received, body.get("query") or "")
    if not text or not text.strip():
        return Answer(body={"tables": []})
    span = _span(call, body.get("timespan"), in_url)
    schemas = _schemas(call, [workspace, *_others(call, body)], text)
    _check_plans(call, list(schemas), workspace, any_plan=any_plan)
    query, diagnostics = kql.bind(text, tables={name: each[1] for name, each in schemas.items()}, dialect="query")
    if query is None:
        raise _wrong(text, diagnostics)
    now = datetime.fromtimestamp(call.world.clock.now(), UTC)
    standard = azure_facts.standard()
    stored = {name: {c: k for c, k in each[1].items() if c not in standard} for name, each in schemas.items()}
    needed = words_needed(text, stored)
    sources = {
        name: _rows(call, places, columns, stored_rows.Wanted(*span, needed.get(name, frozenset())))
        for name, (places, columns) in schemas.items()
    }
    return _rendered(call, query, kql.evaluate(query, sources, now=now, form="json"), prefer, started)


def _received(found: re.Match[str]) -> str:
    # As long as what it stands for, so that the places of diagnostics stay right.
    return "(_TimeReceived) " if found[1] else found[0]


def _check_plans(call: Call, named: list[str], workspace: Record, *, any_plan: bool) -> None:
    """Basic and Auxiliary tables answer to a search, one table at a time; AMD logs/basic-logs-query.md."""
    for name in named:
        record = tables.stored(call.world, workspace, name)
        if not any_plan and record is not None and record.private["plan"] != "Analytics":
            raise bad(f"Table {name} has the plan {record.private['plan']}: use the search API.")
    if any_plan and len(named) > 1:
        raise bad("A search reads one table.")


def _rendered(call: Call, query: Any, found: Iterator[dict[str, Any]], prefer: str | None, started: float) -> Answer:
    columns = [{"name": name, "type": kind} for name, kind in query.columns.items()]
    dynamic = [kind == "dynamic" for kind in query.columns.values()]
    lines: list[list[Any]] = []
    error = None
    for row in found:
        if len(lines) == ROWS_MOST:
            message = f"The results of this query exceed the set limit of {ROWS_MOST} records"
            error = {
                "code": "PartialError",
                "message": "There were some errors when processing your query.",
                "details": [{"code": "EngineError", "message": message}],
            }
            break
        lines.append([_cell(row[name], as_text) for name, as_text in zip(query.columns, dynamic, strict=True)])
    answer: dict[str, Any] = {"tables": [{"name": "PrimaryResult", "columns": columns, "rows": lines}]}
    if error:
        answer["error"] = error
    options = (prefer if prefer is not None else call.headers.get("Prefer", "")).replace(" ", "").lower()
    if "include-render=true" in options:
        answer["render"] = {
            "visualization": None,
            "title": None,
            "accumulate": False,
            "isQuerySorted": False,
            "kind": None,
            "annotation": "",
            "by": None,
        }
    if "include-statistics=true" in options:
        answer["statistics"] = {"query": {"executionTime": time.perf_counter() - started, "resultCount": len(lines)}}
    return Answer(body=json.dumps(answer, separators=(",", ":")))


def _cell(value: Any, as_text: bool) -> Any:
    if as_text and value is not None and not isinstance(value, str):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return value


def _others(call: Call, body: dict[str, Any]) -> list[Record]:
    """Further workspaces that the body names, by GUID, id or name."""
    given = body.get("workspaces") or []
    if not isinstance(given, list):
        raise bad("'workspaces' is not an array.")
    known = call.world.store.find(workspaces.KIND)
    found = []
    for each in given:
        low = str(each).lower()
        match = next((w for w in known if low in {w.key, w.name.lower(), w.body["properties"]["customerId"]}), None)
        if match is None:
            raise bad(f"The workspace '{each}' could not be found.")
        _check_right(call, match)
        found.append(match)
    return found


def _schemas(call: Call, sources: list[Record], text: str) -> dict[str, tuple[list[str], dict[str, str]]]:
    """The tables that a query names: name → places of its rows and columns."""
    found: dict[str, tuple[list[str], dict[str, str]]] = {}
    for workspace in sources:
        own = [each.name for each in call.world.store.find(workspaces.TABLE, f"{workspace.key}/")]
        for name in tables_named(text, [*own, *azure_facts.builtin()]):
            columns = tables.columns(call.world, workspace, name) or {"TimeGenerated": "datetime"}
            places, known = found.setdefault(name, ([], {}))
            places.append(f"{workspace.body['properties']['customerId']}/{name}")
            known.update({column: _kql(kind) for column, kind in {**columns, **azure_facts.standard()}.items()})
    return found


def _kql(kind: str) -> str:
    return {"boolean": "bool"}.get(kind, kind)


def _rows(
    call: Call, places: list[str], columns: dict[str, str], wanted: stored_rows.Wanted
) -> Iterator[dict[str, Any]]:
    blank = dict.fromkeys(columns)
    for place in places:
        for row in stored_rows.read(call.world, place, wanted, {"_ResourceId": "", "_SubscriptionId": ""}):
            if wanted.least <= row["TimeGenerated"] <= wanted.most:
                yield {**blank, **row}


def _span(call: Call, first: str | None, second: str | None) -> tuple[str, str]:
    """The intersection of the spans in body and URL, as texts that compare like their instants."""
    now = datetime.fromtimestamp(call.world.clock.now(), UTC)
    least, most = "0001", "9999"
    for each in (first, second):
        if each:
            try:
                start, end = parse_timespan(each, now)
            except (ValueError, OverflowError) as error:
                raise bad(f"The timespan '{each}' is not valid: {error}.") from error
            least, most = max(least, _text(start)), min(most, _text(end + timedelta(microseconds=1)))
    return least, most


def _text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


def bad(message: str, **inner: Any) -> Refusal:
    """400 BadArgumentError, in the query API's shape."""
    return Refusal(
        400,
        "BadArgumentError",
        "The request had some invalid properties",
        innererror={"code": "SyntaxError", "message": message, **inner},
    )


def _wrong(text: str, diagnostics: Any) -> Refusal:
    first = next(each for each in diagnostics if each.severity == "error")
    before = text[: first.span.start]
    line, column = before.count("\n") + 1, first.span.start - (before.rfind("\n") + 1)
    syntax = first.code.startswith("KQL0")
    inner = {
        "code": "SYN0002" if syntax else "SEM0100",
        "message": first.message,
        "line": line,
        "pos": column,
        "token": text[first.span.start : first.span.end],
    }
    kind = "SyntaxError" if syntax else "SemanticError"
    detail = "A syntax error has been identified in the query." if syntax else "A semantic error occurred."
    return Refusal(
        400,
        "BadArgumentError",
        "The request had some invalid properties",
        innererror={"code": kind, "message": detail, "innererror": inner},
    )
