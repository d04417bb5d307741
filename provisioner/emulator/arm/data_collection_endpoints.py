"""Data collection endpoints: written at once, reached under a path of this server."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

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
from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request

ENDPOINT = "Microsoft.Insights/dataCollectionEndpoints"


def put(request: Request) -> Response:
    """Create or replace an endpoint; raises ApiError 400 InvalidPayload."""
    require_group(request)
    name = request.path_params["name"]
    # The host label is the name, '-' and four characters: the limit leaves room for a DNS label.
    if len(name) > 44:
        message = f"'Name' length should be 44 characters or less. Specified value has {len(name)} characters."
        raise invalid_payload([("InvalidProperty", message, "name")], "endpoint")
    body = request_bodies.accept_body(ENDPOINT, request.parse_json_object())
    endpoint_id = resource_id(request, ENDPOINT, name)
    existing = request.state.store.get(endpoint_id)
    check_preconditions(request, existing)
    location = validated_location(request, body, existing)
    # The host stays for as long as the endpoint does: senders hold it.
    new_private = {"host": f"{name.lower()}-{random_host_suffix()}", "immutable": f"dce-{uuid.uuid4().hex}"}
    private = existing.private if existing else new_private
    endpoint = StoredResource(existing.id if existing else endpoint_id, ENDPOINT, {}, private)
    endpoint.body = _new_body(request, endpoint, body, location, existing)
    request.state.store.put(endpoint)
    # 200 and not 201 for a new one too, as recorded.
    return Response(200, with_base_url(request, endpoint.body), supported_versions_header())


def _new_body(
    request: Request, endpoint: StoredResource, body: dict[str, Any], location: str, existing: StoredResource | None
) -> dict[str, Any]:
    properties = body.get("properties") or {}
    root = f"{BASE_URL_PLACEHOLDER}/dce/{endpoint.private['host']}"
    access = (properties.get("networkAcls") or {}).get("publicNetworkAccess") or "Enabled"
    description = properties.get("description")
    most = load_facts("limits.yaml")["endpoint"]["description"]["most"]
    if description is not None and len(description) > most:
        message = f"'Description' length should be {most} characters or less"
        raise invalid_payload([("InvalidProperty", message, "properties.description")], "endpoint")
    tags = validated_tags(body)
    return {
        "properties": {
            **({"description": description} if description is not None else {}),
            "immutableId": endpoint.private["immutable"],
            "configurationAccess": {"endpoint": f"{root}/configuration"},
            "logsIngestion": {"endpoint": root},
            "metricsIngestion": {"endpoint": f"{root}/metrics"},
            "networkAcls": {"publicNetworkAccess": access},
            "provisioningState": "Succeeded",
        },
        "location": location,
        **({"tags": tags} if tags else {}),
        **({"kind": body["kind"]} if body.get("kind") else {}),
        **(
            {"identity": with_principal(body["identity"], existing.body.get("identity") if existing else None, request)}
            if body.get("identity")
            else {}
        ),
        "id": endpoint.id,
        "name": endpoint.name,
        "type": ENDPOINT,
        "etag": new_entity_tag(),
        "systemData": system_data(request, existing),
    }


def get(request: Request) -> Response:
    """Show an endpoint."""
    return Response(200, with_base_url(request, require_resource(request, ENDPOINT).body), supported_versions_header())


def patch(request: Request) -> Response:
    """Change tags or identity; nothing else can be patched."""
    endpoint = require_resource(request, ENDPOINT)
    return patch_tags_and_identity(request, endpoint, request.parse_json_object())


def delete(request: Request) -> Response:
    """Delete an endpoint; 204 where there is none."""
    return delete_with_children(request, ENDPOINT)


def list_all(request: Request) -> Response:
    """The endpoints of a group or subscription."""
    if "group" in request.path_params:
        require_group(request)
    endpoints = request.state.store.find_by_type(ENDPOINT, f"{request.scope}/")
    return list_response(request, [endpoint.body for endpoint in endpoints])
