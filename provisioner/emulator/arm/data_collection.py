"""What data collection endpoints and rules share: their resource provider answers alike."""

from __future__ import annotations

import secrets
import string
import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator import azure_facts
from provisioner.emulator.arm.resource_envelope import (
    check_preconditions,
    new_entity_tag,
    require_group,
    resource_id,
    system_data,
    validated_tags,
    with_base_url,
)
from provisioner.emulator.http.response import ApiError, Response, resource_not_found

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.store import StoredResource


def supported_versions_header() -> dict[str, str]:
    """The header with its api-versions that each answer of the provider carries."""
    versions = azure_facts.api_versions("Microsoft.Insights/dataCollectionRules") or []
    return {"api-supported-versions": ", ".join(versions)}


def patch_tags_and_identity(request: Request, resource: StoredResource, body: dict[str, Any]) -> Response:
    """Change tags and identity, all that a PATCH of this provider can change, and answer with the resource."""
    check_preconditions(request, resource)
    if body.get("tags") is not None:
        resource.body["tags"] = validated_tags(body)
    if isinstance(body.get("identity"), dict):
        resource.body["identity"] = with_principal(body["identity"], resource.body.get("identity"), request)
    resource.body["etag"] = new_entity_tag()
    resource.body["systemData"] = system_data(request, resource)
    request.state.store.put(resource)
    return Response(200, with_base_url(request, resource.body), supported_versions_header())


def with_principal(identity: dict[str, Any], before: dict[str, Any] | None, request: Request) -> dict[str, Any]:
    """An identity as the service shows it: one of the resource's own has a principal, which stays over updates."""
    sent = {name: value for name, value in identity.items() if name not in ("principalId", "tenantId")}
    if "systemassigned" not in str(identity.get("type", "")).lower():
        return sent
    principal = (before or {}).get("principalId") or str(uuid.uuid4())
    return {"principalId": principal, "tenantId": request.state.identity.tenant, **sent}


def require_resource(request: Request, resource_type: str) -> StoredResource:
    """The resource that a path names; raises ApiError 404 where it or its group is not there."""
    require_group(request)
    name = request.path_params["name"]
    resource = request.state.store.get(resource_id(request, resource_type, name))
    if resource is None:
        raise resource_not_found(resource_type, name, request.path_params["group"])
    return resource


def delete_with_children(request: Request, resource_type: str) -> Response:
    """Delete a resource and what stands below its id, the role assignments at it; 204 where there is none."""
    store = request.state.store
    resource = store.get(resource_id(request, resource_type, request.path_params["name"]))
    if resource is None:
        return Response(204)
    with store.write():
        for child in store.find_below(f"{resource.key}/"):
            store.delete(child.id)
        store.delete(resource.id)
    return Response(200)


def random_host_suffix() -> str:
    """Four characters that make a host name unique, as in `dce-shop-x7k2.westeurope-1.ingest.monitor.azure.com`."""
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(4))


def invalid_payload(findings: list[tuple[str, str, str]], resource: str = "rule") -> ApiError:
    """400 InvalidPayload with its details (code, message, target), as the service lists them."""
    details = [{"code": code, "message": message, "target": target} for code, message, target in findings]
    return ApiError(400, "InvalidPayload", f"Data collection {resource} is invalid", details=details)
