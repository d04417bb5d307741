"""Long-running operations: started with 202, asked after until they end."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator.clock import iso
from provisioner.emulator.http.response import Answer, Refusal

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Call

QUICK = 0.02
"""Seconds that an operation takes when no fault slows it; clients that honour retry-after-ms wait as long."""

_POLL = {"retry-after-ms": "20"}


def begin(call: Call, namespace: str, region: str, target: str) -> tuple[dict[str, str], float, dict[str, Any] | None]:
    """Start an operation: the headers that lead to it, when it ends and the error it ends with, if any."""
    world = call.world
    slow = world.faults.happens("slow_operation", call.method, call.path)
    failed = world.faults.happens("failed_operation", call.method, call.path)
    error = {"code": failed.values["code"], "message": failed.values["message"]} if failed else None
    number = str(uuid.uuid4())
    started = time.time()
    ready = started + (slow.values["seconds"] if slow else QUICK)
    root = f"/subscriptions/{call.names['subscription']}/providers/{namespace}/locations/{region}"
    body = {"id": f"{root}/operationstatuses/{number}", "name": number, "target": target, "error": error}
    world.store.put_operation(number, started, ready, body)
    version = f"?api-version={call.api_version}"
    headers = {
        "Azure-AsyncOperation": f"{call.base}{root}/operationstatuses/{number}{version}",
        "Location": f"{call.base}{target}/operationresults/{number}{version}",
    }
    return headers | ({} if slow else _POLL), ready, error


def left(private: dict[str, Any]) -> float:
    """Seconds until a resource's last operation ends. Operations take real time, wherever the clock is set."""
    return max(float(private.get("ready", 0.0)) - time.time(), 0.0)


def status(call: Call) -> Answer:
    """The state of an operation, as Azure-AsyncOperation serves it."""
    started, ready, body = _find(call)
    now = time.time()
    shown: dict[str, Any] = {"id": body["id"], "name": body["name"], "startTime": iso(started)}
    if now < ready:
        return Answer(body={**shown, "status": "InProgress"}, headers=_patience(ready - now))
    if body["error"]:
        return Answer(body={**shown, "status": "Failed", "endTime": iso(ready), "error": body["error"]})
    return Answer(
        body={**shown, "status": "Succeeded", "endTime": iso(ready), "properties": body.get("properties", {})}
    )


def result(call: Call) -> Answer:
    """The outcome of an operation, as Location serves it: 202 while it runs."""
    _started, ready, body = _find(call)
    now = time.time()
    if now < ready:
        location = f"{call.base}{call.path}?api-version={call.api_version}"
        return Answer(202, headers={"Location": location, **_patience(ready - now)})
    if body["error"]:
        raise Refusal(400, body["error"]["code"], body["error"]["message"])
    record = call.world.store.get(body["target"])
    return Answer(body=record.body) if record and "result" not in body else Answer(200, body.get("result"))


def _find(call: Call) -> tuple[float, float, dict[str, Any]]:
    found = call.world.store.get_operation(call.names["operation"])
    if found is None:
        raise Refusal(404, "NotFound", f"The operation '{call.names['operation']}' was not found.")
    return found


def _patience(seconds: float) -> dict[str, str]:
    return _POLL if seconds <= QUICK * 2 else {}
