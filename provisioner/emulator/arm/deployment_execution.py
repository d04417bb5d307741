"""Creating a template's resources one after the other, as the caller, through the same routes as any request."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm.deployed_resources import DeployedResources, Stage, api_error_of, keep_secure_outputs
from provisioner.emulator.arm.deployment_records import deployment_body, new_record, printable, record_operation
from provisioner.emulator.arm.deployment_request import template_refused
from provisioner.emulator.http.request import own_request
from provisioner.emulator.http.response import ApiError, Response, resource_group_not_found
from provisioner.template import TemplateError, unknowns_in

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.store import StoredResource
    from provisioner.template import DeploymentPlan, ResourceInstance

_FAILED_MESSAGE = (
    "At least one resource deployment operation failed. Please list deployment operations for details. "
    "Please see https://aka.ms/arm-deployment-operations for usage details."
)


def run_deployment(request: Request, record: StoredResource, plan: DeploymentPlan) -> None:
    """Create the resources; whatever comes of it becomes the state of the record. Raises ApiError where it failed."""
    started = time.monotonic()
    properties = record.body["properties"]
    try:
        created_ids = _create_resources(request, record, plan)
        outputs = _evaluated_outputs(request, record, plan)
        properties |= {
            "provisioningState": "Succeeded",
            "outputResources": [{"id": created_id} for created_id in created_ids],
        }
        if outputs:
            properties["outputs"] = outputs
    except ApiError as error:
        properties |= {"provisioningState": "Failed", "error": error.error}
        raise
    except Exception as error:
        # A bug of ours ends the deployment too: a client would poll without end.
        properties |= {"provisioningState": "Failed", "error": {"code": "InternalServerError", "message": str(error)}}
        raise
    finally:
        properties["duration"] = f"PT{time.monotonic() - started:.4f}S"
        request.state.store.put(record)


def _create_resources(request: Request, record: StoredResource, plan: DeploymentPlan) -> list[str]:
    """The ids of the resources created, those of nested deployments included; raises ApiError 400 DeploymentFailed."""
    created_ids: list[str] = []
    for instance in plan.instances:
        if not instance.deployed:
            continue
        try:
            created_ids += _create_with_retries(request, plan, instance)
        except ApiError as error:
            record_operation(request, record, instance, error)
            # ARM stops at the first failure and leaves what was created.
            raise ApiError(400, "DeploymentFailed", _FAILED_MESSAGE, details=[error.error]) from error
        record_operation(request, record, instance)
    return created_ids


def _create_with_retries(request: Request, plan: DeploymentPlan, instance: ResourceInstance) -> list[str]:
    """Create a resource as its options say; raises ApiError for what the last try failed with."""
    options = instance.options
    if options.only_if_missing and request.state.store.get(instance.id) is not None:
        return [instance.id]
    codes = {code.lower() for code in options.retried_codes}
    for _retry in range(options.retries):
        try:
            return _create_resource(request, plan, instance)
        except ApiError as error:
            if str(error.error.get("code")).lower() not in codes:
                raise
    return _create_resource(request, plan, instance)


def _create_resource(request: Request, plan: DeploymentPlan, instance: ResourceInstance) -> list[str]:
    try:
        nested_plan = plan.nested(instance, DeployedResources(request, Stage.NESTED))
        body = {} if nested_plan else plan.body(instance, DeployedResources(request, Stage.DEPLOYING))
    except TemplateError as error:
        raise template_refused(error) from error
    if nested_plan is not None:
        return _run_nested_deployment(request, nested_plan, instance)
    _check_known(instance, body)
    put_request = own_request(request, "PUT", instance.id, instance.api_version or "", json.dumps(body).encode())
    response = request.state.application.dispatch(put_request)
    if response.status >= 400:
        raise api_error_of(response)
    _wait_for_operation(request, response)
    return [instance.id]


def _run_nested_deployment(request: Request, plan: DeploymentPlan, instance: ResourceInstance) -> list[str]:
    """A deployment inside a deployment, perhaps in another scope, with a record of its own."""
    names = {"subscription": plan.scope.subscription, "deployment": plan.name}
    if plan.scope.group:
        names["group"] = plan.scope.group
    nested_request = replace(request, path=instance.id, path_params=names)
    if plan.scope.group and request.state.store.get(plan.scope.id) is None:
        raise resource_group_not_found(plan.scope.group)
    location = printable(instance.body.get("location"))
    record = new_record(request, instance.id, deployment_body(nested_request, plan, instance.id, location))
    request.state.store.put(record)
    run_deployment(nested_request, record, plan)
    return [resource["id"] for resource in record.body["properties"]["outputResources"]]


def _evaluated_outputs(request: Request, record: StoredResource, plan: DeploymentPlan) -> dict[str, Any]:
    """The outputs as they are shown; all of them, secure ones too, are kept for an outer template."""
    try:
        outputs = plan.outputs(DeployedResources(request, Stage.DEPLOYING))
    except TemplateError as error:
        raise template_refused(error) from error
    secure = {name: {"type": output.json()["type"], "value": output.value} for name, output in outputs.items()}
    keep_secure_outputs(request, record.id, secure)
    return {name: output.json() for name, output in outputs.items()}


def _check_known(instance: ResourceInstance, body: dict[str, Any]) -> None:
    unknown = next(unknowns_in(body), None)
    if unknown is not None:
        message = f"The body of '{instance.id}' needs a value that is not known when it is deployed: {unknown.name}."
        raise ApiError(400, "InvalidTemplate", message)


def _wait_for_operation(request: Request, response: Response) -> None:
    """Wait until the operation that a response announces has ended; raises ApiError 400 where it failed."""
    url = response.headers.get("Azure-AsyncOperation")
    operation = request.state.store.get_operation(url.partition("?")[0].rpartition("/")[2]) if url else None
    if operation is None:
        return
    _started, ready, body = operation
    # The next resource may need this one: ARM too starts it when the operation has ended.
    while (remaining := ready - time.time()) > 0:
        time.sleep(min(remaining, 0.2))
    if body["error"]:
        raise ApiError(400, body["error"]["code"], body["error"]["message"])
