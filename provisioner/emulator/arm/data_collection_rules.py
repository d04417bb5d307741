"""Data collection rules: checked in full, then written at once."""

from __future__ import annotations

import copy
import re
import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator import azure_facts
from provisioner.emulator.arm import request_bodies
from provisioner.emulator.arm.data_collection import (
    delete_with_children,
    invalid_payload,
    patch_tags_and_identity,
    random_host_suffix,
    require_resource,
    supported_versions_header,
    with_principal,
)
from provisioner.emulator.arm.dcr_checks import check_dcr
from provisioner.emulator.arm.resource_envelope import (
    BASE_URL_PLACEHOLDER,
    check_preconditions,
    list_response,
    new_entity_tag,
    require_group,
    resource_id,
    system_data,
    validated_location,
    validated_tags,
    with_base_url,
)
from provisioner.emulator.http.response import Response
from provisioner.emulator.store import StoredResource

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request

DCR = "Microsoft.Insights/dataCollectionRules"


def put(request: Request) -> Response:
    """Create or replace a rule; raises ApiError 400 InvalidPayload with everything that the service finds wrong."""
    require_group(request)
    name = request.path_params["name"]
    if not re.fullmatch(r"[^/%?#\\<>&]{1,64}", name):
        message = f"'Name' length should be 64 characters or less. Specified value has {len(name)} characters."
        raise invalid_payload([("InvalidProperty", message, "name")])
    body = request_bodies.accept_body(DCR, request.parse_json_object())
    dcr_id = resource_id(request, DCR, name)
    existing = request.state.store.get(dcr_id)
    check_preconditions(request, existing)
    location = validated_location(request, body, existing)
    # The body is kept beside its earlier state: it must share nothing with what was sent.
    properties = copy.deepcopy(body.get("properties") or {})
    check_dcr(request.state, properties, location, body.get("kind"), existing)
    # Both stay over updates; a rule that is deleted and created again gets new ones.
    new_private = {"immutable": f"dcr-{uuid.uuid4().hex}", "host": f"{name.lower()}-{random_host_suffix()}-{location}"}
    private = dict(existing.private) if existing else new_private
    dcr = StoredResource(existing.id if existing else dcr_id, DCR, {}, private)
    dcr.private["written"] = request.state.clock.now()
    if existing is not None:
        # The fault `stale_rules` lets ingestion work with the rule as it was.
        dcr.private["before"] = existing.body["properties"]
    dcr.body = _new_body(request, dcr, {**body, "properties": properties, "location": location}, existing)
    request.state.store.put(dcr)
    return _shown(request, dcr)


def _new_body(
    request: Request, dcr: StoredResource, body: dict[str, Any], existing: StoredResource | None
) -> dict[str, Any]:
    properties = body["properties"]
    # A rule keeps its kind where a PUT does not name one.
    kind = body.get("kind") or (existing.body.get("kind") if existing else None)
    for destination in (properties.get("destinations") or {}).get("logAnalytics") or []:
        workspace = request.state.store.get(destination["workspaceResourceId"])
        if workspace is not None:
            # The service adds the GUID that queries use; a tool must not read it as a change.
            destination["workspaceId"] = workspace.body["properties"]["customerId"]
    quotas = azure_facts.ingestion_quotas()
    root = f"{BASE_URL_PLACEHOLDER}/direct/{dcr.private['host']}"
    endpoints = {"endpoints": {"logsIngestion": root, "metricsIngestion": f"{root}/metrics"}}
    tags = validated_tags(body)
    old_identity = existing.body.get("identity") if existing else None
    return {
        "properties": {
            "immutableId": dcr.private["immutable"],
            **{key: value for key, value in properties.items() if value is not None},
            **(endpoints if kind == "Direct" else {}),
            "ingestionQuotas": {
                "logs": {
                    "maxSizePerMinuteInGB": str(quotas["gigabytes"]),
                    "maxRequestsPerMinute": str(quotas["requests"]),
                }
            },
            "provisioningState": "Succeeded",
        },
        "location": body["location"],
        **({"tags": tags} if tags else {}),
        **({"kind": kind} if kind else {}),
        **({"identity": with_principal(body["identity"], old_identity, request)} if body.get("identity") else {}),
        "id": dcr.id,
        "name": dcr.name,
        "type": DCR,
        "etag": new_entity_tag(),
        "systemData": system_data(request, existing),
    }


def _shown(request: Request, dcr: StoredResource) -> Response:
    body = _as_of_api_version(request, dcr.body)
    return Response(200, with_base_url(request, body), supported_versions_header())


def _as_of_api_version(request: Request, body: dict[str, Any]) -> dict[str, Any]:
    """The body without the properties that the request's api-version does not have yet."""
    hidden = {key for key, since in azure_facts.rule_members_since().items() if request.api_version < since}
    if not hidden:
        return body
    return {**body, "properties": {key: value for key, value in body["properties"].items() if key not in hidden}}


def get(request: Request) -> Response:
    """Show a rule."""
    return _shown(request, require_resource(request, DCR))


def patch(request: Request) -> Response:
    """Change tags or identity; nothing else can be patched."""
    return patch_tags_and_identity(request, require_resource(request, DCR), request.parse_json_object())


def delete(request: Request) -> Response:
    """Delete a rule with its role assignments; 204 where there is none."""
    return delete_with_children(request, DCR)


def list_all(request: Request) -> Response:
    """The rules of a group or subscription."""
    if "group" in request.path_params:
        require_group(request)
    rules = request.state.store.find_by_type(DCR, f"{request.scope}/")
    return list_response(request, [_as_of_api_version(request, rule.body) for rule in rules])
