"""The envelope of ARM resources: id, location, tags, entity tag, system data, and lists of them."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from provisioner.emulator import azure_facts
from provisioner.emulator.http.response import ApiError, Response, resource_group_not_found

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.store import StoredResource

RESOURCE_GROUP = "Microsoft.Resources/resourceGroups"
BASE_URL_PLACEHOLDER = "{base}"
"""Stands in stored bodies for this server's address, which may change from start to start."""


def resource_id(request: Request, resource_type: str, *names: str) -> str:
    """The id of a resource in the request's group; the type is Namespace/type[/child], with a name for each part."""
    namespace, *types = resource_type.split("/")
    path = "/".join(f"{type_name}/{name}" for type_name, name in zip(types, names, strict=True))
    return f"{request.scope}/providers/{namespace}/{path}"


def require_group(request: Request) -> StoredResource:
    """The group that the path names; raises ApiError 404 where it is missing, 409 where it is being deleted."""
    group = request.state.store.get(request.scope)
    if group is None:
        raise resource_group_not_found(request.path_params["group"])
    # Reads still answer while a group is being deleted.
    if "deleting" in group.private and request.method in {"PUT", "PATCH"}:
        message = (
            f"The resource group '{request.path_params['group']}' is in deprovisioning state and cannot perform this "
            "operation."
        )
        raise ApiError(409, "ResourceGroupBeingDeleted", message)
    return group


def validated_location(request: Request, body: dict[str, Any], existing: StoredResource | None) -> str:
    """The body's location in its short form; raises ApiError where it is missing, no region, or would be changed."""
    location = body.get("location")
    if not location or not isinstance(location, str):
        raise ApiError(400, "LocationRequired", "The location property is required for this definition.")
    # 'West Europe' and 'westeurope' are the same region; the short form is stored and compared.
    region = location.replace(" ", "").lower()
    if not azure_facts.is_region(region):
        regions = azure_facts.regions()
        message = (
            f"The provided location '{location}' is not available for resource type. "
            f"List of available regions for the resource type is '{','.join(regions)}'."
        )
        raise ApiError(400, "LocationNotAvailableForResourceType", message)
    if existing is not None and existing.body["location"] != region:
        message = (
            f"The resource '{existing.name}' already exists in location '{existing.body['location']}' in "
            f"resource group '{request.path_params['group']}'. A resource with the same name cannot be created in "
            f"location '{region}'. Please select a new resource name."
        )
        raise ApiError(409, "InvalidResourceLocation", message)
    return region


def validated_tags(body: dict[str, Any]) -> dict[str, str]:
    """The body's tags, empty where it has none; raises ApiError 400 where ARM does."""
    sent = body.get("tags") or {}
    if not isinstance(sent, dict) or not all(isinstance(value, (str, bool, int, float)) for value in sent.values()):
        raise ApiError(
            400,
            "InvalidRequestContent",
            "The request content was invalid: 'tags' is an object of strings.",
            target="tags",
        )
    # Truth values and numbers become texts: published alerts bear `"_deployed_by_amba": true`.
    tags = {name: value if isinstance(value, str) else json.dumps(value) for name, value in sent.items()}
    # Limits of tags: azure-resource-manager/management/tag-resources.
    if len(tags) > 50:
        raise ApiError(400, "TooManyTags", f"The tag count '{len(tags)}' exceeds the maximum of 50 tags.")
    for name, value in tags.items():
        # Tags of services link resources by their ids, whose slashes their names hold.
        is_hidden = name.lower().startswith(azure_facts.service_tag_prefix())
        if not name or len(name) > 512 or (not is_hidden and re.search(r"[<>%&\\?/]", name)):
            message = f"The tag name '{name}' is invalid: it has 1 to 512 characters and none of <,>,%,&,\\,?,/."
            raise ApiError(400, "InvalidTagNameCharacters", message)
        if len(value) > 256:
            raise ApiError(
                400, "InvalidTagValueLength", f"The value of tag '{name}' exceeds the maximum length of 256 characters."
            )
    return tags


def system_data(request: Request, existing: StoredResource | None) -> dict[str, Any]:
    """Who created a resource and who wrote it last."""
    author, now = request.principal.client_id, request.state.clock.iso_now()
    before = existing.body.get("systemData", {}) if existing else {}
    return {
        "createdBy": before.get("createdBy", author),
        "createdByType": "Application",
        "createdAt": before.get("createdAt", now),
        "lastModifiedBy": author,
        "lastModifiedByType": "Application",
        "lastModifiedAt": now,
    }


def new_entity_tag() -> str:
    """A new entity tag, in the shape of the service: a quoted string."""
    # The quotes are part of the tag, inside the JSON string too, as recorded.
    digits = uuid.uuid4().hex
    return f'"{digits[:8]}-0000-{digits[8:12]}-0000-{digits[12:24]}"'


def check_preconditions(request: Request, existing: StoredResource | None) -> None:
    """Raise ApiError 412 where If-Match or If-None-Match does not hold for the existing resource."""
    if_match, if_none_match = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    tag = existing.body.get("etag") if existing else None
    if if_match is not None and (existing is None or (if_match != "*" and tag not in _entity_tags_in(if_match))):
        raise ApiError(
            412, "PreconditionFailed", f"The condition 'If-Match: {if_match}' is not met; the entity tag is {tag}."
        )
    exists_as_named = existing is not None and (if_none_match == "*" or tag in _entity_tags_in(if_none_match or ""))
    if if_none_match is not None and exists_as_named:
        raise ApiError(
            412,
            "PreconditionFailed",
            f"The condition 'If-None-Match: {if_none_match}' is not met; the resource exists.",
        )


def _entity_tags_in(header: str) -> list[str]:
    # Some clients send the tag without its quotes: both forms are compared.
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return [*tags, *(f'"{tag}"' for tag in tags)]


def with_base_url(request: Request, body: object) -> str:
    """A stored body as JSON text, with the address that the caller used filled in."""
    return json.dumps(body, separators=(",", ":")).replace(BASE_URL_PLACEHOLDER, request.base_url)


def list_response(request: Request, bodies: Iterable[object]) -> Response:
    """A list of bodies in one page."""
    return Response(
        body='{"value":[' + ",".join(with_base_url(request, body) for body in bodies) + '],"nextLink":null}'
    )
