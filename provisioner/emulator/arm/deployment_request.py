"""What a request asks to deploy: its body read and checked, its template evaluated as far as it can be before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm.deployed_resources import DeployedResources, Stage
from provisioner.emulator.arm.resource_envelope import require_group
from provisioner.emulator.arm.resource_providers import cloud_metadata
from provisioner.emulator.http.response import ApiError
from provisioner.template import (
    DeploymentPlan,
    DeploymentScope,
    Document,
    Evaluation,
    TemplateError,
    plan_deployment,
    read_document,
)

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request


@dataclass(frozen=True, slots=True)
class RequestedDeployment:
    """A deployment as it was sent: the region that its record is kept in (None for a group's), and its plan."""

    location: str | None
    properties: dict[str, Any]
    plan: DeploymentPlan


def read_requested_deployment(request: Request, stage: Stage) -> RequestedDeployment:
    """The deployment in a request's body, at the scope in its path; raises ApiError 400 and 404.

    `stage` says what its expressions may take from what exists.
    """
    if "group" in request.path_params:
        require_group(request)
    document = _read_body(request)
    location = _location_of(request, document.value)
    properties = _checked_properties(request, document.value)
    try:
        plan = plan_deployment(
            document.below(properties.get("template"), "properties", "template"),
            deployment_scope(request),
            name=request.path_params["deployment"],
            parameters=_parameters_of(properties),
            location=location,
            evaluation=deployment_evaluation(request, stage),
        )
    except TemplateError as error:
        raise template_refused(error) from error
    for instance, nested_plan in plan.nested_deployments():
        # One to a group is kept where the group is; seen in published templates: Azure/bicep#1093.
        if not nested_plan.scope.group and not instance.body.get("location"):
            raise _missing_location(nested_plan.name)
    return RequestedDeployment(location, properties, plan)


def deployment_scope(request: Request) -> DeploymentScope:
    """The group or subscription that the path of a request names."""
    names = request.path_params
    return DeploymentScope(names["subscription"], names.get("group", ""), tenant=request.state.identity.tenant)


def deployment_evaluation(request: Request, stage: Stage) -> Evaluation:
    """How a template is evaluated for the caller."""
    identity, clock = request.state.identity, request.state.clock
    return Evaluation(
        resolver=DeployedResources(request, stage),
        environment=cloud_metadata(request.base_url),
        deployer={"objectId": request.principal.object_id, "tenantId": identity.tenant},
        now=lambda: dt.datetime.fromtimestamp(clock.now(), dt.UTC),
    )


def template_refused(error: TemplateError) -> ApiError:
    """A fault of a template as the service answers it: 400, with the line and the path of the fault."""
    return ApiError(400, error.code, error.message, additionalInfo=error.json()["additionalInfo"])


def _read_body(request: Request) -> Document:
    try:
        document = read_document(request.decompressed_content().decode("utf-8-sig"))
    except (UnicodeDecodeError, TemplateError) as error:
        message = f"The request content was invalid and could not be deserialized: '{error}'."
        raise ApiError(400, "InvalidRequestContent", message) from error
    if not isinstance(document.value, dict):
        raise ApiError(400, "InvalidRequestContent", "The request content was invalid: a JSON object is expected.")
    return document


def _location_of(request: Request, body: dict[str, Any]) -> str | None:
    location = body.get("location")
    if "group" in request.path_params:
        if location is not None:
            message = f"The 'location' property is not allowed for '{request.path_params['deployment']}'."
            raise ApiError(400, "InvalidDeployment", message)
        return None
    if not isinstance(location, str) or not location:
        # The record of a deployment to a subscription lies in a region of its own; ARM deploy-to-subscription.
        raise _missing_location(request.path_params["deployment"])
    return location.replace(" ", "").lower()


def _missing_location(name: str) -> ApiError:
    message = (
        f"The 'location' property must be specified for '{name}'. "
        "Please see https://aka.ms/arm-deployment-subscription for usage details."
    )
    return ApiError(400, "InvalidDeployment", message)


def _checked_properties(request: Request, body: dict[str, Any]) -> dict[str, Any]:
    properties = body.get("properties")
    if not isinstance(properties, dict):
        raise ApiError(400, "InvalidRequestContent", "The request content was invalid: 'properties' is required.")
    # A link would have to be fetched from the network, which an emulator on loopback does not do.
    for name in ("templateLink", "parametersLink"):
        if (link := properties.get(name)) is not None:
            uri = link.get("uri") or link.get("id") if isinstance(link, dict) else link
            message = (
                f"Unable to download deployment content from '{uri}': nothing is fetched here. Send the template and "
                "its parameters in the body. Please see https://aka.ms/arm-deploy for usage details."
            )
            raise ApiError(400, "InvalidContentLink", message)
    mode = properties.get("mode")
    if not isinstance(mode, str) or mode not in {"Incremental", "Complete"}:
        message = "The request content was invalid: 'mode' is Incremental or Complete."
        raise ApiError(400, "InvalidRequestContent", message)
    # Complete mode deletes what the template does not name: not worth the risk in a stand-in.
    if mode == "Complete" and request.method == "PUT":
        raise ApiError(400, "InvalidRequestContent", "The emulator deploys in mode Incremental only.")
    return properties


def _parameters_of(properties: dict[str, Any]) -> dict[str, Any]:
    parameters = properties.get("parameters") or {}
    if not isinstance(parameters, dict):
        raise ApiError(400, "InvalidTemplate", "Deployment template validation failed: 'parameters' is no object.")
    return parameters
