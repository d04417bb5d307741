"""Long-running operations: accepted with 202, then polled until they end."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator.clock import to_iso
from provisioner.emulator.http.response import ApiError, Response

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request

QUICK_SECONDS = 0.02
"""Seconds that an operation takes when no fault slows it; clients that honour retry-after-ms wait as long."""

_POLL_HEADERS = {"retry-after-ms": "20"}


def begin_operation(
    request: Request, namespace: str, region: str, resource: str
) -> tuple[dict[str, str], float, dict[str, Any] | None]:
    """Start an operation on a resource id: the headers that lead to it, when it ends, and the error it ends with."""
    state = request.state
    slow = state.faults.happens("slow_operation", request.method, request.path)
    failed = state.faults.happens("failed_operation", request.method, request.path)
    # Decided at the start: before its end the operation is InProgress, after it Failed.
    error = {"code": failed.values["code"], "message": failed.values["message"]} if failed else None
    operation_id = str(uuid.uuid4())
    started = time.time()
    ready = started + (slow.values["seconds"] if slow else QUICK_SECONDS)
    root = f"/subscriptions/{request.path_params['subscription']}/providers/{namespace}/locations/{region}"
    body = {"id": f"{root}/operationstatuses/{operation_id}", "name": operation_id, "target": resource, "error": error}
    state.store.put_operation(operation_id, started, ready, body)
    version = f"?api-version={request.api_version}"
    headers = {
        "Azure-AsyncOperation": f"{request.base_url}{root}/operationstatuses/{operation_id}{version}",
        # Recorded: tables and workspaces answer with both headers and no Retry-After.
        "Location": f"{request.base_url}{resource}/operationresults/{operation_id}{version}",
    }
    return headers | ({} if slow else _POLL_HEADERS), ready, error


def seconds_left(private: dict[str, Any]) -> float:
    """Seconds until a resource's last operation ends, from its private part; 0.0 where it has."""
    # Real time, wherever the emulator's clock is set: a client polls in real time.
    return max(float(private.get("ready", 0.0)) - time.time(), 0.0)


def get_status(request: Request) -> Response:
    """The state of an operation, as the URL in Azure-AsyncOperation serves it."""
    started, ready, body = _require_operation(request)
    now = time.time()
    summary: dict[str, Any] = {"id": body["id"], "name": body["name"], "startTime": to_iso(started)}
    if now < ready:
        return Response(body={**summary, "status": "InProgress"}, headers=_poll_headers(ready - now))
    # A failed operation is HTTP 200 with status Failed, as recorded.
    if body["error"]:
        return Response(body={**summary, "status": "Failed", "endTime": to_iso(ready), "error": body["error"]})
    return Response(
        body={**summary, "status": "Succeeded", "endTime": to_iso(ready), "properties": body.get("properties", {})}
    )


def get_result(request: Request) -> Response:
    """The outcome of an operation, as the URL in Location serves it: 202 while it runs."""
    _started, ready, body = _require_operation(request)
    now = time.time()
    if now < ready:
        location = f"{request.base_url}{request.path}?api-version={request.api_version}"
        return Response(202, headers={"Location": location, **_poll_headers(ready - now)})
    if body["error"]:
        raise ApiError(400, body["error"]["code"], body["error"]["message"])
    record = request.state.store.get(body["target"])
    return Response(body=record.body) if record and "result" not in body else Response(200, body.get("result"))


def _require_operation(request: Request) -> tuple[float, float, dict[str, Any]]:
    operation = request.state.store.get_operation(request.path_params["operation"])
    if operation is None:
        raise ApiError(404, "NotFound", f"The operation '{request.path_params['operation']}' was not found.")
    return operation


def _poll_headers(seconds: float) -> dict[str, str]:
    # Azure's clients wait 30 s between polls unless told otherwise; slow operations leave them that wait.
    return _POLL_HEADERS if seconds <= QUICK_SECONDS * 2 else {}
