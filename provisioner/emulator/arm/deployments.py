"""Deployments to groups and subscriptions: created, validated, compared (what-if), and their operations listed."""

from __future__ import annotations

import threading
import time
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm.deployed_resources import Stage
from provisioner.emulator.arm.deployment_execution import run_deployment
from provisioner.emulator.arm.deployment_records import DEPLOYMENT, deployment_body, new_record
from provisioner.emulator.arm.deployment_request import read_requested_deployment
from provisioner.emulator.arm.deployment_what_if import what_if_changes
from provisioner.emulator.arm.resource_envelope import list_response, require_group
from provisioner.emulator.http.response import ApiError, Response

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.state import EmulatorState
    from provisioner.emulator.store import StoredResource
    from provisioner.template import DeploymentPlan

_POLL_HEADERS = {"retry-after-ms": "20"}


def put(request: Request) -> Response:
    """Start a deployment: 201, and its state under the URL in Azure-AsyncOperation."""
    requested = read_requested_deployment(request, Stage.BEFORE)
    existing = request.state.store.get(request.path)
    _check_location(request, existing, requested.location)
    body = deployment_body(request, requested.plan, existing.id if existing else request.path, requested.location)
    record = new_record(request, request.path, body)
    request.state.store.put(record)
    accepted = {**body, "properties": {**body["properties"], "provisioningState": "Accepted"}}
    # The answer is out before the first resource is: clients poll for the rest.
    threading.Thread(target=_run_on_thread, args=(request, record, requested.plan), daemon=True).start()
    status = f"{request.base_url}{record.id}/operationStatuses/{uuid.uuid4()}?api-version={request.api_version}"
    return Response(201 if existing is None else 200, accepted, {"Azure-AsyncOperation": status, **_POLL_HEADERS})


def _run_on_thread(request: Request, record: StoredResource, plan: DeploymentPlan) -> None:
    # The record keeps what failed, and clients poll it: the request itself was answered long ago.
    with suppress(ApiError):
        run_deployment(request, record, plan)


def _check_location(request: Request, existing: StoredResource | None, location: str | None) -> None:
    if existing is not None and existing.body.get("location") != location:
        name, before = request.path_params["deployment"], existing.body.get("location")
        message = (
            f"Invalid deployment location '{location}'. The deployment '{name}' already exists in location '{before}'."
        )
        raise ApiError(409, "InvalidDeploymentLocation", message)


def fail_interrupted_deployments(state: EmulatorState) -> None:
    """Mark the deployments as failed that were running when the process died."""
    for deployment in state.store.find_by_type(DEPLOYMENT):
        if deployment.body["properties"]["provisioningState"] == "Running":
            error = {"code": "Canceled", "message": "The emulator ended while the deployment was running."}
            deployment.body["properties"] |= {"provisioningState": "Failed", "error": error}
            state.store.put(deployment)


def get_status(request: Request) -> Response:
    """The state of a deployment, as the URL in Azure-AsyncOperation serves it."""
    properties = _require_deployment(request).body["properties"]
    state = properties["provisioningState"]
    if state in {"Running", "Accepted"}:
        return Response(200, {"status": state}, dict(_POLL_HEADERS))
    return Response(200, {"status": state, **({"error": properties["error"]} if "error" in properties else {})})


def get(request: Request) -> Response:
    """Show a deployment."""
    return Response(200, _require_deployment(request).body)


def head(request: Request) -> Response:
    """204 where the deployment exists, else 404."""
    return Response(204 if request.state.store.get(request.path) else 404)


def delete(request: Request) -> Response:
    """Delete a deployment; the resources that it created stay."""
    return Response(202 if request.state.store.delete(request.path) else 204)


def list_all(request: Request) -> Response:
    """The deployments of a group, or those to the subscription itself."""
    _require_scope(request)
    prefix = f"{request.scope}/providers/{DEPLOYMENT}/"
    return list_response(
        request, [deployment.body for deployment in request.state.store.find_by_type(DEPLOYMENT, prefix)]
    )


def list_operations(request: Request) -> Response:
    """The operations of a deployment: one for each resource."""
    return list_response(request, _require_deployment(request).private["operations"])


def export_template(request: Request) -> Response:
    """Refused: the template of a deployment is not kept, since it may hold secrets."""
    _require_deployment(request)
    raise ApiError(501, "NotImplemented", "The emulator does not keep the templates of deployments.")


def validate(request: Request) -> Response:
    """Check the template alone: as in Azure no table, transform or permission is looked at."""
    requested = read_requested_deployment(request, Stage.BEFORE)
    # Clients post to `…/deployments/<name>/validate`; the answer speaks of the deployment.
    body = deployment_body(request, requested.plan, request.path.rpartition("/")[0], requested.location)
    body["properties"] |= {
        "mode": requested.properties["mode"],
        "provisioningState": "Succeeded",
        "validatedResources": [{"id": resource.id} for resource in requested.plan.walk()],
    }
    return Response(200, body)


def what_if(request: Request) -> Response:
    """Compare the template with what exists: 202, and the changes under the URL in Location."""
    requested = read_requested_deployment(request, Stage.COMPARING)
    settings = requested.properties.get("whatIfSettings")
    ids_only = isinstance(settings, dict) and settings.get("resultFormat") == "ResourceIdOnly"
    complete = requested.properties["mode"] == "Complete"
    changes = what_if_changes(request, requested.plan, complete=complete, ids_only=ids_only)
    return _finished_operation(request, {"correlationId": str(uuid.uuid4()), "changes": changes})


def _finished_operation(request: Request, properties: dict[str, Any]) -> Response:
    operation_id, now = properties["correlationId"], time.time()
    result = {"status": "Succeeded", "properties": properties}
    operation = {"id": operation_id, "name": operation_id, "target": request.path, "error": None, "result": result}
    request.state.store.put_operation(operation_id, now, now, operation)
    subscription = request.path_params["subscription"]
    path = f"/subscriptions/{subscription}/operationresults/{operation_id}?api-version={request.api_version}"
    return Response(202, None, {"Location": f"{request.base_url}{path}", **_POLL_HEADERS})


def _require_scope(request: Request) -> None:
    # Every well-formed subscription exists; a group must have been created.
    if "group" in request.path_params:
        require_group(request)


def _require_deployment(request: Request) -> StoredResource:
    _require_scope(request)
    name = request.path_params["deployment"]
    deployment = request.state.store.get(f"{request.scope}/providers/{DEPLOYMENT}/{name}")
    if deployment is None:
        raise ApiError(404, "DeploymentNotFound", f"Deployment '{name}' could not be found.")
    return deployment
