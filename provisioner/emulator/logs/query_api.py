"""The log query API: a workspace by its GUID or its resource id, one query or a batch, a query or a search."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import metric_points, workspaces
from provisioner.emulator.arm.access_control import authorize
from provisioner.emulator.arm.resource_envelope import require_group
from provisioner.emulator.http.response import ApiError, Response
from provisioner.emulator.logs.query_errors import bad_argument
from provisioner.emulator.logs.query_execution import QueryRequest, run_query, time_range

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.store import StoredResource


def post(request: Request) -> Response:
    """Query a workspace by its GUID."""
    workspace = _find_workspace(request, request.path_params["workspace_id"])
    return _query(request, workspace, _json_body(request), request.query.get("timespan"))


def get(request: Request) -> Response:
    """Query a workspace by its GUID, with everything in the query string."""
    workspace = _find_workspace(request, request.path_params["workspace_id"])
    return _query(request, workspace, _validated_body(dict(request.query)), None)


def search(request: Request) -> Response:
    """Query tables of any plan, by the workspace's GUID."""
    return _search(request, _find_workspace(request, request.path_params["workspace_id"]))


def search_resource(request: Request) -> Response:
    """Query tables of any plan, by the workspace's resource id."""
    require_group(request)
    return _search(request, workspaces.require_workspace(request))


def post_resource(request: Request) -> Response:
    """Query a workspace by its resource id."""
    require_group(request)
    workspace = workspaces.require_workspace(request)
    return _query(request, workspace, _json_body(request), request.query.get("timespan"))


def batch(request: Request) -> Response:
    """Several queries in one request; each has a response and a status of its own."""
    parts = request.parse_json_object().get("requests")
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise bad_argument("The batch needs an array 'requests' of objects.")
    return Response(body={"responses": [_part_response(request, part) for part in parts]})


def _part_response(request: Request, part: dict[str, Any]) -> dict[str, Any]:
    try:
        body = _validated_body(part.get("body") or {})
        workspace = _find_workspace(request, str(part.get("workspace")))
        response = _query(request, workspace, body, None, prefer=_prefer_header(part.get("headers")))
    except ApiError as error:
        response = error.to_response()
    return {
        "id": str(part.get("id")),
        "status": response.status,
        "headers": {"Content-Type": "application/json"},
        "body": json.loads(response.body) if isinstance(response.body, str) else response.body,
    }


def _prefer_header(headers: object) -> str:
    if not isinstance(headers, dict):
        return ""
    return next((str(value) for name, value in headers.items() if name.lower() == "prefer"), "")


def _search(request: Request, workspace: StoredResource) -> Response:
    # The timespan of a search stands in the URL alone.
    timespan = request.query.get("timespan")
    if not timespan:
        raise bad_argument("A search needs a timespan in the URL.")
    body = {**_json_body(request), "timespan": None}
    return _query(request, workspace, body, timespan, any_plan=True)


def _query(
    request: Request,
    workspace: StoredResource,
    body: dict[str, Any],
    timespan: str | None,
    *,
    prefer: str | None = None,
    any_plan: bool = False,
) -> Response:
    if workspace.body["properties"]["publicNetworkAccessForQuery"] != "Enabled":
        message = "The workspace does not take queries from public networks (publicNetworkAccessForQuery)."
        raise ApiError(403, "InsufficientAccessError", message)
    text = body.get("query") or ""
    # Documented: no query is an empty result, not an error; AMD logs/api/errors.md.
    if not text.strip():
        return Response(body={"tables": []})
    narrowed = time_range(request.state, (body.get("timespan"), timespan))
    query = QueryRequest(
        text,
        [workspace, *_further_workspaces(request, body)],
        narrowed,
        prefer if prefer is not None else request.headers.get("Prefer", ""),
        any_plan,
    )
    try:
        response = run_query(request.state, query)
    except ApiError as error:
        # A query that is wrong counts as answered; logs/log-analytics-workspace-health.md.
        metric_points.record_query(request.state, workspace, failed=error.status >= 500 and error.status != 504)
        raise
    metric_points.record_query(request.state, workspace, failed=False)
    return response


def _json_body(request: Request) -> dict[str, Any]:
    return _validated_body(request.parse_json() if request.content else {})


def _validated_body(body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise bad_argument("The request body is not an object.")
    for name in ("query", "timespan"):
        if body.get(name) is not None and not isinstance(body[name], str):
            raise bad_argument(f"'{name}' is not a string.")
    return body


def _find_workspace(request: Request, guid: str) -> StoredResource:
    """The workspace with that GUID; raises ApiError 404, or 403 where the caller may not query it."""
    stored = request.state.store.find_by_type(workspaces.WORKSPACE)
    workspace = next((record for record in stored if record.body["properties"]["customerId"] == guid.lower()), None)
    if workspace is None:
        raise ApiError(404, "WorkspaceNotFoundError", "The workspace could not be found")
    _check_query_permission(request, workspace)
    return workspace


def _check_query_permission(request: Request, workspace: StoredResource) -> None:
    try:
        authorize(request, "Microsoft.OperationalInsights/workspaces/query/read", workspace.id)
    except ApiError as error:
        message = "The provided credentials have insufficient access to perform the requested operation"
        raise ApiError(403, "InsufficientAccessError", message) from error


def _further_workspaces(request: Request, body: dict[str, Any]) -> list[StoredResource]:
    """The other workspaces that the body names by GUID, id or name; raises ApiError."""
    names = body.get("workspaces") or []
    if not isinstance(names, list):
        raise bad_argument("'workspaces' is not an array.")
    stored = request.state.store.find_by_type(workspaces.WORKSPACE)
    further = []
    for name in names:
        workspace = next((record for record in stored if str(name).lower() in _spellings(record)), None)
        if workspace is None:
            raise bad_argument(f"The workspace '{name}' could not be found.")
        _check_query_permission(request, workspace)
        further.append(workspace)
    return further


def _spellings(workspace: StoredResource) -> set[str]:
    return {workspace.key, workspace.name.lower(), workspace.body["properties"]["customerId"]}
