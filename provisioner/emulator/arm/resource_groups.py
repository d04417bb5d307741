"""Resource groups; deleting one deletes what it holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import long_running_operations, workspaces
from provisioner.emulator.arm.resource_envelope import RESOURCE_GROUP, list_response, validated_location, validated_tags
from provisioner.emulator.http.response import ApiError, Response, resource_group_not_found
from provisioner.emulator.store import StoredResource

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request


def put(request: Request) -> Response:
    """Create a group or replace its tags."""
    name = request.path_params["group"]
    # azure-resource-manager/management/resource-name-rules.
    if not re.fullmatch(r"[-\w._()]{0,89}[-\w_()]", name):
        message = (
            f"The provided resource group name '{name}' has these invalid characters: only letters, "
            "digits, '_', '(', ')', '-', '.' are allowed and it cannot end with '.'."
        )
        raise ApiError(400, "InvalidResourceGroup" if len(name) <= 90 else "ResourceGroupNameTooLong", message)
    body = request.parse_json_object()
    existing = request.state.store.get(request.scope)
    if existing is not None and "deleting" in existing.private:
        raise ApiError(409, "ResourceGroupBeingDeleted", f"The resource group '{name}' is being deleted.")
    location = _validated_group_location(request, body, existing)
    group = StoredResource(
        existing.id if existing else request.scope, RESOURCE_GROUP, {}, existing.private if existing else {}
    )
    group.body = {
        "id": group.id,
        "name": group.name,
        "type": RESOURCE_GROUP,
        "location": location,
        **({"managedBy": body["managedBy"]} if body.get("managedBy") else {}),
        **({"tags": validated_tags(body)} if body.get("tags") is not None else {}),
        "properties": {"provisioningState": "Succeeded"},
    }
    request.state.store.put(group)
    return Response(200 if existing else 201, group.body)


def _validated_group_location(request: Request, body: dict[str, Any], existing: StoredResource | None) -> str:
    location = validated_location(request, body, None)
    if existing is not None and existing.body["location"] != location:
        message = (
            f"Invalid resource group location '{location}'. The Resource group already exists in location "
            f"'{existing.body['location']}'."
        )
        raise ApiError(409, "InvalidResourceGroupLocation", message)
    return location


def get(request: Request) -> Response:
    """Show a group."""
    return Response(body=_require_existing(request).body)


def head(request: Request) -> Response:
    """204 where the group exists, else 404."""
    return Response(204 if request.state.store.get(request.scope) else 404)


def patch(request: Request) -> Response:
    """Change a group's tags."""
    group, body = _require_existing(request), request.parse_json_object()
    if body.get("tags") is not None:
        group.body["tags"] = validated_tags(body)
    request.state.store.put(group)
    return Response(body=group.body)


def delete(request: Request) -> Response:
    """Delete a group and all in it; its workspaces can be recovered for 14 days."""
    group = _require_existing(request)
    headers, _ready, error = long_running_operations.begin_operation(
        request, "Microsoft.Resources", group.body["location"], request.scope
    )
    if error is None:
        with request.state.store.write():
            for record in request.state.store.find_by_type(workspaces.WORKSPACE, f"{group.key}/"):
                # A deleted group can be created again, and its workspaces recovered: their tables stay.
                workspaces.soft_delete(request.state, record)
            for record in request.state.store.find_below(f"{group.key}/"):
                if record.type.lower() not in {workspaces.TABLE.lower(), workspaces.DELETED_TABLE.lower()}:
                    request.state.store.delete(record.id)
            request.state.store.delete(group.id)
    # Groups answer with Location alone, below the subscription.
    number = headers["Azure-AsyncOperation"].rpartition("/")[2]
    location_url = f"{request.base_url}/subscriptions/{request.path_params['subscription']}/operationresults/{number}"
    return Response(
        202, headers={"Location": location_url, **{k: v for k, v in headers.items() if k.startswith("retry")}}
    )


def list_all(request: Request) -> Response:
    """The groups of a subscription."""
    return list_response(
        request, [group.body for group in request.state.store.find_by_type(RESOURCE_GROUP, f"{request.scope}/")]
    )


def _require_existing(request: Request) -> StoredResource:
    group = request.state.store.get(request.scope)
    if group is None:
        raise resource_group_not_found(request.path_params["group"])
    return group
