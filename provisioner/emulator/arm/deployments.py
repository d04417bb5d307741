"""Deployments at group scope: a template's resources made through the same doors as any other call."""

from __future__ import annotations

import threading
import time
import uuid
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import az_cli_json
from provisioner.emulator.arm.deployment_execution import context_of, run
from provisioner.emulator.arm.deployment_template import Template, expand
from provisioner.emulator.arm.deployment_what_if import changes
from provisioner.emulator.arm.resource_envelope import listing, require_group
from provisioner.emulator.arm.template_expressions import invalid
from provisioner.emulator.http.response import Answer, Refusal
from provisioner.emulator.store import Record

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Call, World

KIND = "Microsoft.Resources/deployments"
_PATIENCE = {"retry-after-ms": "20"}


def put(call: Call) -> Answer:
    """Start a deployment: 201, and Azure-AsyncOperation to ask how it goes."""
    require_group(call)
    properties = _properties(call)
    template = _expanded(call, properties)
    name = call.names["deployment"]
    existing = call.world.store.get(call.path)
    if existing is not None and existing.body["properties"]["provisioningState"] in {"Accepted", "Running"}:
        message = (
            f"Unable to edit or replace deployment '{name}': previous deployment is still active. Please "
            "see https://aka.ms/arm-deploy for usage details."
        )
        raise Refusal(409, "DeploymentActive", message)
    record = Record(
        existing.id if existing else call.path, KIND, _shown(call, properties, template), {"operations": []}
    )
    call.world.store.put(record)
    accepted = {**record.body, "properties": {**record.body["properties"], "provisioningState": "Accepted"}}
    threading.Thread(target=_work, args=(call, record, template), daemon=True).start()
    status = f"{call.base}{record.id}/operationStatuses/{uuid.uuid4()}?api-version={call.api_version}"
    return Answer(201 if existing is None else 200, accepted, {"Azure-AsyncOperation": status, **_PATIENCE})


def _work(call: Call, record: Record, template: Template) -> None:
    """Make the resources and write down how it went; every outcome is an outcome of the deployment."""
    started = time.monotonic()
    properties = record.body["properties"]
    try:
        outputs, made = run(call, record, template)
        properties |= {"provisioningState": "Succeeded", "outputResources": [{"id": each} for each in made]}
        if outputs:
            properties["outputs"] = outputs
    except Refusal as refusal:
        properties |= {"provisioningState": "Failed", "error": refusal.error}
    except Exception as error:
        properties |= {"provisioningState": "Failed", "error": {"code": "InternalServerError", "message": str(error)}}
        raise
    finally:
        properties["duration"] = f"PT{time.monotonic() - started:.4f}S"
        call.world.store.put(record)


def settle(world: World) -> None:
    """Write down as failed what was under way when the process died."""
    for record in world.store.find(KIND):
        if record.body["properties"]["provisioningState"] == "Running":
            error = {"code": "Canceled", "message": "The emulator ended while the deployment was running."}
            record.body["properties"] |= {"provisioningState": "Failed", "error": error}
            world.store.put(record)


def status(call: Call) -> Answer:
    """How a deployment goes."""
    properties = _require(call).body["properties"]
    state = properties["provisioningState"]
    if state in {"Running", "Accepted"}:
        return Answer(200, {"status": state}, dict(_PATIENCE))
    return Answer(200, {"status": state, **({"error": properties["error"]} if "error" in properties else {})})


def get(call: Call) -> Answer:
    """Show a deployment."""
    return Answer(200, _require(call).body)


def head(call: Call) -> Answer:
    """204 where the deployment exists, else 404."""
    return Answer(204 if call.world.store.get(call.path) else 404)


def delete(call: Call) -> Answer:
    """Forget a deployment; what it made stays."""
    return Answer(202 if call.world.store.delete(call.path) else 204)


def index(call: Call) -> Answer:
    """The deployments of a group."""
    require_group(call)
    return listing(call, [each.body for each in call.world.store.find(KIND, f"{call.scope}/")])


def index_operations(call: Call) -> Answer:
    """What a deployment did, resource by resource."""
    return listing(call, _require(call).private["operations"])


def validate(call: Call) -> Answer:
    """Say whether the template could be deployed; as in Azure no table, transform or right is looked at."""
    require_group(call)
    properties = _properties(call)
    template = _expanded(call, properties)
    body = _shown(call, properties, template)
    body["properties"] |= {
        "provisioningState": "Succeeded",
        "validatedResources": [{"id": each.id} for each in template.entries],
    }
    return Answer(200, body)


def what_if(call: Call) -> Answer:
    """Foretell the changes: 202, and Location to ask for them."""
    require_group(call)
    properties = _properties(call)
    template = _expanded(call, properties)
    settings = properties.get("whatIfSettings")
    ids_only = isinstance(settings, dict) and settings.get("resultFormat") == "ResourceIdOnly"
    found = changes(call, template, complete=properties["mode"] == "Complete", ids_only=ids_only)
    number, now = str(uuid.uuid4()), time.time()
    result = {"status": "Succeeded", "properties": {"correlationId": number, "changes": found}}
    call.world.store.put_operation(
        number, now, now, {"id": number, "name": number, "target": call.path, "error": None, "result": result}
    )
    subscription = call.names["subscription"]
    location = f"{call.base}/subscriptions/{subscription}/operationresults/{number}?api-version={call.api_version}"
    return Answer(202, None, {"Location": location, **_PATIENCE})


def _properties(call: Call) -> dict[str, Any]:
    properties = az_cli_json.parse(call.inflate()).get("properties")
    if not isinstance(properties, dict):
        raise Refusal(400, "InvalidRequestContent", "The request content was invalid: 'properties' is required.")
    if "templateLink" in properties or "parametersLink" in properties:
        raise Refusal(
            400,
            "InvalidTemplateDeployment",
            "The emulator takes templates and parameters in the body only, not by link.",
        )
    mode = properties.get("mode")
    if not isinstance(mode, str) or mode not in {"Incremental", "Complete"}:
        raise Refusal(
            400, "InvalidRequestContent", "The request content was invalid: 'mode' is Incremental or Complete."
        )
    if mode == "Complete" and call.method == "PUT":
        raise Refusal(400, "InvalidRequestContent", "The emulator deploys in mode Incremental only.")
    return properties


def _expanded(call: Call, properties: dict[str, Any]) -> Template:
    parameters = properties.get("parameters") or {}
    if not isinstance(parameters, dict):
        raise invalid("The parameters are not an object")
    return expand(properties.get("template"), parameters, context_of(call))


def _shown(call: Call, properties: dict[str, Any], template: Template) -> dict[str, Any]:
    shown = {name: each for name, each in template.parameters.items() if not each["type"].lower().startswith("secure")}
    hidden = {name: {"type": each["type"]} for name, each in template.parameters.items() if name not in shown}
    return {
        "id": call.path.removesuffix("/validate"),
        "name": call.names["deployment"],
        "type": KIND,
        "properties": {
            "templateHash": str(int(sha256(repr(properties.get("template")).encode()).hexdigest()[:16], 16)),
            "parameters": {**shown, **hidden},
            "mode": properties["mode"],
            "provisioningState": "Running",
            "timestamp": call.world.clock.text(),
            "duration": "PT0S",
            "correlationId": str(uuid.uuid4()),
            "providers": _providers(template),
            "dependencies": [],
        },
    }


def _providers(template: Template) -> list[dict[str, Any]]:
    found: dict[str, dict[str, None]] = {}
    for entry in template.entries:
        namespace, _, kind = entry.type.partition("/")
        found.setdefault(namespace, {})[kind] = None
    return [
        {"namespace": namespace, "resourceTypes": [{"resourceType": kind, "locations": [None]} for kind in kinds]}
        for namespace, kinds in found.items()
    ]


def _require(call: Call) -> Record:
    require_group(call)
    name = call.names["deployment"]
    record = call.world.store.get(f"{call.scope}/providers/{KIND}/{name}")
    if record is None:
        raise Refusal(404, "DeploymentNotFound", f"Deployment '{name}' could not be found.")
    return record
