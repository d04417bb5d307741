"""Resources of any other type by their id: kept as they were sent, so that templates with them deploy."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator import azure_facts
from provisioner.emulator.arm import service_values
from provisioner.emulator.arm.resource_envelope import (
    check_preconditions,
    list_response,
    new_entity_tag,
    require_group,
    system_data,
    validated_tags,
    with_base_url,
)
from provisioner.emulator.entra.directory_store import managed_identity
from provisioner.emulator.http.response import Response, not_implemented, resource_not_found
from provisioner.emulator.store import StoredResource

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request

_USER_ASSIGNED_IDENTITY = "microsoft.managedidentity/userassignedidentities"
# Types with routes of their own, which a wrong method or path must not slip past.
_EMULATED_ELSEWHERE = (
    "microsoft.resources/",
    "microsoft.authorization/role",
    "microsoft.operationalinsights/workspaces/query",
)


def is_resource_id(segments: list[str]) -> bool:
    """Whether a split path is the id of a resource in a group or subscription, of a type without routes of its own."""
    # Azure compares ids without case.
    lower_segments = [segment.lower() for segment in segments]
    in_group = lower_segments[2:3] == ["resourcegroups"] and lower_segments[4:5] == ["providers"]
    if lower_segments[:1] != ["subscriptions"] or not (in_group or lower_segments[2:3] == ["providers"]):
        return False
    resource_type = _resource_type(segments)
    if resource_type is None or resource_type.lower().startswith(_EMULATED_ELSEWHERE):
        return False
    # Workspaces, rules and endpoints lie in groups alone.
    return in_group or azure_facts.api_versions(resource_type) is None


def is_collection(segments: list[str]) -> bool:
    """Whether a split path names all resources of a type below a group, a resource, or another scope of resources."""
    return is_resource_id([*segments, "name"])


def params_of(segments: list[str]) -> dict[str, str]:
    """Subscription, group if there is one, and resource type (as `kind`) in such a path."""
    group = {"group": segments[3]} if segments[2].lower() == "resourcegroups" else {}
    return {"subscription": segments[1], **group, "kind": _resource_type(segments) or ""}


def is_action(segments: list[str]) -> bool:
    """Whether a split path is that of an action which the service of a resource answers with values of its own."""
    resource_type = _resource_type(segments[:-1]) if is_resource_id(segments[:-1]) else None
    return resource_type is not None and service_values.has_action(resource_type, segments[-1])


def pattern_of(segments: list[str]) -> str:
    """The path with `{name}` in place of the names of the resource and its parents: of such is its action made."""
    start = max(index for index, segment in enumerate(segments) if segment.lower() == "providers") + 2
    tail = [segment if index % 2 == 0 else "{name}" for index, segment in enumerate(segments[start:])]
    return "/" + "/".join([*segments[:start], *tail])


def _resource_type(segments: list[str]) -> str | None:
    """The type after the last provider in a path, Namespace/type[/child]; None where the path is no id."""
    starts = [index for index, segment in enumerate(segments) if segment.lower() == "providers"]
    tail = segments[starts[-1] + 1 :]
    if len(tail) < 3 or len(tail) % 2 == 0:
        return None
    return "/".join([tail[0], *tail[1::2]])


def put(request: Request) -> Response:
    """Create or replace a resource."""
    _require_scope(request)
    refused = azure_facts.refused_types().get(request.path_params["kind"].lower())
    if refused is not None:
        raise not_implemented(refused)
    body = request.parse_json_object()
    existing = request.state.store.get(request.path)
    check_preconditions(request, existing)
    resource = StoredResource(existing.id if existing else request.path, request.path_params["kind"], {})
    resource.body = {
        **{key: value for key, value in body.items() if key not in {"id", "name", "type", "apiVersion", "dependsOn"}},
        **({"tags": validated_tags(body)} if body.get("tags") is not None else {}),
        "id": resource.id,
        "name": resource.name,
        "type": resource.type,
        "etag": new_entity_tag(),
        "systemData": system_data(request, existing),
    }
    properties = resource.body.get("properties")
    if isinstance(properties, dict):
        own_id = azure_facts.own_ids().get(resource.type.lower())
        old = (existing.body.get("properties") or {}) if existing else {}
        given = {own_id: old.get(own_id) or str(uuid.uuid4())} if own_id else {}
        resource.body["properties"] = {**properties, **given, "provisioningState": "Succeeded"}
    completed = service_values.with_service_properties(request.state, resource, resource.body.get("properties"))
    if completed is not None:
        resource.body["properties"] = completed
    _add_identities(request, resource)
    request.state.store.put(resource)
    is_ok = existing is not None or resource.type.lower() in azure_facts.types_created_with_ok()
    return Response(200 if is_ok else 201, with_base_url(request, resource.body))


def _add_identities(request: Request, resource: StoredResource) -> None:
    """Give a resource the ids of the identity that it is or has, as Entra does when it is made."""
    if resource.type.lower() == _USER_ASSIGNED_IDENTITY:
        properties = resource.body.get("properties")
        ids = managed_identity(request.state, resource.id)
        resource.body["properties"] = {**(properties if isinstance(properties, dict) else {}), **ids}
        return
    identity = resource.body.get("identity")
    if isinstance(identity, dict) and "systemassigned" in str(identity.get("type")).lower():
        ids = managed_identity(request.state, resource.id)
        resource.body["identity"] = {**identity, "principalId": ids["principalId"], "tenantId": ids["tenantId"]}


def act(request: Request) -> Response:
    """Answer an action of a resource, such as `listKeys`; raises ApiError 404 where the resource is missing."""
    _require_scope(request)
    target_id, _, action = request.path.rpartition("/")
    kind, name = request.path_params["kind"], target_id.rpartition("/")[2]
    parent_id = target_id.rpartition("/")[0].rpartition("/")[0]
    comes_along = service_values.comes_with_parent(kind, name) and request.state.store.get(parent_id) is not None
    if request.state.store.get(target_id) is None and not comes_along:
        raise resource_not_found(kind, name, request.path_params.get("group", ""))
    return Response(200, service_values.action_answer(request.state, kind, target_id, action))


def patch(request: Request) -> Response:
    """Merge a body into a resource."""
    record = _require(request)
    check_preconditions(request, record)
    record.body = merge_patch(
        record.body,
        {key: value for key, value in request.parse_json_object().items() if key not in {"id", "name", "type"}},
    )
    record.body["etag"] = new_entity_tag()
    _add_identities(request, record)
    request.state.store.put(record)
    return Response(200, with_base_url(request, record.body))


def merged_body(request: Request) -> dict[str, Any]:
    """What a PATCH makes of a resource; raises ApiError 404 where there is none."""
    body: dict[str, Any] = merge_patch(_require(request).body, request.parse_json_object())
    return body


def merge_patch(old: object, new: object) -> Any:
    """JSON merge patch (RFC 7396): objects member by member, null removes, anything else replaces."""
    if not isinstance(new, dict):
        return new
    result = dict(old) if isinstance(old, dict) else {}
    for key, value in new.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result


def get(request: Request) -> Response:
    """Show a resource."""
    return Response(200, with_base_url(request, _require(request).body))


def head(request: Request) -> Response:
    """204 where the resource exists, else 404."""
    return Response(204 if request.state.store.get(request.path) else 404)


def delete(request: Request) -> Response:
    """Delete a resource; 204 where there is none."""
    return Response(200 if request.state.store.delete(request.path) else 204)


def list_all(request: Request) -> Response:
    """All resources of a group or subscription; `resourceType eq` and `resourceGroup eq` in `$filter` narrow."""
    # Two comparisons are all that Azure's own tools send.
    query_filter = request.query.get("$filter", "")
    group_filter = re.search(r"resourceGroup eq '([^']*)'", query_filter, re.IGNORECASE)
    type_filter = re.search(r"resourceType eq '([^']*)'", query_filter, re.IGNORECASE)
    root = f"{request.scope}/resourceGroups/{group_filter[1]}/providers/" if group_filter else f"{request.scope}/"
    keys = ("id", "name", "type", "kind", "location", "tags")
    listed = [
        {key: resource.body[key] for key in keys if key in resource.body}
        for resource in request.state.store.find_below(root)
        if resource.body.get("type") and resource.body.get("location") and "/providers/" in resource.key
    ]
    if type_filter:
        listed = [resource for resource in listed if resource["type"].lower() == type_filter[1].lower()]
    return list_response(request, listed)


def list_type(request: Request) -> Response:
    """The resources of one type directly below a resource or a group: linked services, data exports, saved searches."""
    _require_scope(request)
    collection = f"{request.path.lower()}/"
    parent = _parent_of(request.path)
    if "/providers/" in parent.lower() and request.state.store.get(parent) is None:
        kind, name = request.path_params["kind"], parent.rpartition("/")[2]
        raise resource_not_found(kind, name, request.path_params.get("group", ""))
    listed = [
        record.body
        for record in request.state.store.find_by_type(request.path_params["kind"], collection)
        if "/" not in record.key.removeprefix(collection)
    ]
    return list_response(request, listed)


def _parent_of(collection: str) -> str:
    """What a list of resources lies under: a group, or for children and extensions a resource."""
    *before, last_but_one, _namespace, _type = collection.split("/")
    is_below_provider = last_but_one.lower() == "providers"
    return "/".join(before) if is_below_provider else collection.rpartition("/")[0]


def _require_scope(request: Request) -> None:
    # Every well-formed subscription exists; a group must have been created.
    if "group" in request.path_params:
        require_group(request)


def _require(request: Request) -> StoredResource:
    _require_scope(request)
    record = request.state.store.get(request.path)
    if record is None:
        resource_type = request.path_params["kind"]
        tail = request.path.split("/providers/")[-1].split("/")[2::2]
        raise resource_not_found(resource_type, "/".join(tail), request.path_params.get("group", ""))
    return record
