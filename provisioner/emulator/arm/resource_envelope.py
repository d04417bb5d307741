"""What every resource type shares: ids, locations, tags, entity tags, system data."""

from __future__ import annotations

import json
import re
import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator.http.response import Answer, Refusal, missing_group
from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Call
    from provisioner.emulator.store import Record

GROUP = "Microsoft.Resources/resourceGroups"
BASE = "{base}"
"""Stands in stored bodies for this server's address, which may change from start to start."""


def resource_id(call: Call, kind: str, *names: str) -> str:
    """The id of a resource of `kind` (Namespace/type[/child]) in the call's group."""
    namespace, *types = kind.split("/")
    path = "/".join(f"{each}/{name}" for each, name in zip(types, names, strict=True))
    return f"{call.scope}/providers/{namespace}/{path}"


def require_group(call: Call) -> Record:
    """The group that the call names; 404 where it is missing, 409 where it is on its way out."""
    group = call.world.store.get(call.scope)
    if group is None:
        raise missing_group(call.names["group"])
    if "deleting" in group.private and call.method in {"PUT", "PATCH"}:
        message = (
            f"The resource group '{call.names['group']}' is in deprovisioning state and cannot perform this operation."
        )
        raise Refusal(409, "ResourceGroupBeingDeleted", message)
    return group


def location(call: Call, body: dict[str, Any], existing: Record | None) -> str:
    """The short form of the body's location, which must be a region and cannot change."""
    given = body.get("location")
    if not given or not isinstance(given, str):
        raise Refusal(400, "LocationRequired", "The location property is required for this definition.")
    short = given.replace(" ", "").lower()
    regions = _regions()
    if short not in regions:
        message = (
            f"The provided location '{given}' is not available for resource type. "
            f"List of available regions for the resource type is '{','.join(regions)}'."
        )
        raise Refusal(400, "LocationNotAvailableForResourceType", message)
    if existing is not None and existing.body["location"] != short:
        message = (
            f"The resource '{existing.name}' already exists in location '{existing.body['location']}' in "
            "resource group "
            f"'{call.names['group']}'. A resource with the same name cannot be created in location '{short}'. "
            "Please select a new resource name."
        )
        raise Refusal(409, "InvalidResourceLocation", message)
    return short


def _regions() -> dict[str, str]:
    regions: dict[str, str] = load_facts("regions.yaml")["clouds"]["public"]
    return regions


def tags(body: dict[str, Any]) -> dict[str, str]:
    """The body's tags, checked as ARM checks them."""
    given = body.get("tags") or {}
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise Refusal(
            400,
            "InvalidRequestContent",
            "The request content was invalid: 'tags' is an object of strings.",
            target="tags",
        )
    if len(given) > 50:
        raise Refusal(400, "TooManyTags", f"The tag count '{len(given)}' exceeds the maximum of 50 tags.")
    for name, value in given.items():
        if not name or len(name) > 512 or re.search(r"[<>%&\\?/]", name):
            message = f"The tag name '{name}' is invalid: it has 1 to 512 characters and none of <,>,%,&,\\,?,/."
            raise Refusal(400, "InvalidTagNameCharacters", message)
        if len(value) > 256:
            raise Refusal(
                400, "InvalidTagValueLength", f"The value of tag '{name}' exceeds the maximum length of 256 characters."
            )
    return given


def system_data(call: Call, existing: Record | None) -> dict[str, Any]:
    """Who made a resource and who wrote it last."""
    who, now = call.principal.client_id, call.world.clock.text()
    before = existing.body.get("systemData", {}) if existing else {}
    return {
        "createdBy": before.get("createdBy", who),
        "createdByType": "Application",
        "createdAt": before.get("createdAt", now),
        "lastModifiedBy": who,
        "lastModifiedByType": "Application",
        "lastModifiedAt": now,
    }


def entity_tag() -> str:
    """A new entity tag, in the shape of the service: a quoted string."""
    digits = uuid.uuid4().hex
    return f'"{digits[:8]}-0000-{digits[8:12]}-0000-{digits[12:24]}"'


def check_etag(call: Call, existing: Record | None) -> None:
    """412 where If-Match or If-None-Match says that the caller knows another state."""
    match, none_match = call.headers.get("If-Match"), call.headers.get("If-None-Match")
    tag = existing.body.get("etag") if existing else None
    if match is not None and (existing is None or (match != "*" and tag not in _listed(match))):
        raise Refusal(
            412, "PreconditionFailed", f"The condition 'If-Match: {match}' is not met; the entity tag is {tag}."
        )
    if none_match is not None and existing is not None and (none_match == "*" or tag in _listed(none_match)):
        raise Refusal(
            412, "PreconditionFailed", f"The condition 'If-None-Match: {none_match}' is not met; the resource exists."
        )


def _listed(header: str) -> list[str]:
    given = [each.strip().removeprefix("W/") for each in header.split(",")]
    return [*given, *(f'"{each}"' for each in given)]


def grounded(call: Call, body: Any) -> str:
    """A stored body as text, with this server's address filled in."""
    return json.dumps(body, separators=(",", ":")).replace(BASE, call.base)


def listing(call: Call, bodies: list[Any]) -> Answer:
    """A list as ARM pages it; ours fit on one page."""
    return Answer(body='{"value":[' + ",".join(grounded(call, each) for each in bodies) + '],"nextLink":null}')
