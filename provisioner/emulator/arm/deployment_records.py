"""Records of deployments: what a GET shows of one, its parameters, outputs and operations."""

from __future__ import annotations

import json
import uuid
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from provisioner.emulator.http.response import ApiError
from provisioner.emulator.store import StoredResource
from provisioner.template import Unknown, text_of

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.template import DeploymentPlan, ResourceInstance

DEPLOYMENT = "Microsoft.Resources/deployments"
_ACTIVE_STATES = {"Accepted", "Running"}


def deployment_body(request: Request, plan: DeploymentPlan, id_: str, location: str | None) -> dict[str, Any]:
    """What is shown of a deployment that starts: secure parameters by their type alone."""
    return {
        "id": id_,
        "name": id_.rpartition("/")[2],
        "type": DEPLOYMENT,
        **({"location": location} if location else {}),
        "properties": {
            "templateHash": _template_hash(plan),
            "parameters": {parameter.name: printable(parameter.json()) for parameter in plan.parameters},
            "mode": "Incremental",
            "provisioningState": "Running",
            "timestamp": request.state.clock.iso_now(),
            "duration": "PT0S",
            "correlationId": str(uuid.uuid4()),
            "providers": _providers_of(plan),
            "dependencies": _dependencies_of(plan),
        },
    }


def new_record(request: Request, id_: str, body: dict[str, Any]) -> StoredResource:
    """A record without operations yet; raises ApiError 409 DeploymentActive where one of that id still runs."""
    existing = request.state.store.get(id_)
    if existing is not None and existing.body["properties"]["provisioningState"] in _ACTIVE_STATES:
        message = (
            f"Unable to edit or replace deployment '{existing.name}': previous deployment is still active. Please "
            "see https://aka.ms/arm-deploy for usage details."
        )
        raise ApiError(409, "DeploymentActive", message)
    return StoredResource(existing.id if existing else id_, DEPLOYMENT, body, {"operations": []})


def record_operation(
    request: Request, record: StoredResource, instance: ResourceInstance, failure: ApiError | None = None
) -> None:
    """Add what became of a resource to the operations of its deployment."""
    number = f"{len(record.private['operations']) + 1:016X}"
    properties = {
        "provisioningOperation": "Create",
        "provisioningState": "Failed" if failure else "Succeeded",
        "timestamp": request.state.clock.iso_now(),
        "statusCode": HTTPStatus(failure.status if failure else 200).name.title().replace("_", ""),
        **({"statusMessage": {"error": failure.error}} if failure else {}),
        "targetResource": _target_of(instance),
    }
    operation = {"id": f"{record.id}/operations/{number}", "operationId": number, "properties": properties}
    record.private["operations"].append(operation)
    request.state.store.put(record)


def printable(value: object) -> Any:
    """A value as JSON, with the text of what is not known yet in its place."""
    if isinstance(value, Unknown):
        return value.text
    if isinstance(value, dict):
        return {key: printable(inner) for key, inner in value.items()}
    return [printable(inner) for inner in value] if isinstance(value, list) else value


def _template_hash(plan: DeploymentPlan) -> str:
    # ARM's hash is not published; equal templates have equal ones.
    text = json.dumps(plan.document.value, sort_keys=True)
    return str(int(sha256(text.encode()).hexdigest()[:16], 16))


def _target_of(instance: ResourceInstance) -> dict[str, Any]:
    return {"id": instance.id, "resourceType": instance.type, "resourceName": text_of(instance.name)}


def _providers_of(plan: DeploymentPlan) -> list[dict[str, Any]]:
    types_by_namespace: dict[str, dict[str, Any]] = {}
    for instance in plan.instances:
        if instance.deployed:
            namespace, _, type_name = instance.type.partition("/")
            locations = types_by_namespace.setdefault(namespace, {}).setdefault(type_name, {})
            location = instance.body.get("location")
            locations[location if isinstance(location, str) else None] = None
    return [
        {
            "namespace": namespace,
            "resourceTypes": [
                {"resourceType": type_name, "locations": list(locations)} for type_name, locations in types.items()
            ],
        }
        for namespace, types in types_by_namespace.items()
    ]


def _dependencies_of(plan: DeploymentPlan) -> list[dict[str, Any]]:
    by_key = {instance.key: instance for instance in plan.instances}
    return [
        {"dependsOn": [_dependency(by_key[key]) for key in instance.dependencies], **_dependency(instance)}
        for instance in plan.instances
        if instance.deployed and instance.dependencies
    ]


def _dependency(instance: ResourceInstance) -> dict[str, Any]:
    return {"id": instance.id, "resourceType": instance.type, "resourceName": text_of(instance.name)}
