"""Data collection endpoints: written at once, reached under a path of this server."""

from __future__ import annotations

import secrets
import string
import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import request_bodies
from provisioner.emulator.arm.resource_envelope import (
    BASE,
    check_etag,
    entity_tag,
    grounded,
    listing,
    location,
    require_group,
    resource_id,
    system_data,
    tags,
)
from provisioner.emulator.http.response import Answer, Refusal, missing_resource
from provisioner.emulator.store import Record

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Call, World

KIND = "Microsoft.Insights/dataCollectionEndpoints"
VERSIONS = {
    "api-supported-versions": "2019-11-01-preview, 2021-04-01, 2021-09-01-preview, 2022-06-01, 2023-03-11, 2024-03-11"
}


def put(call: Call) -> Answer:
    """Make or replace an endpoint; the answer is 200 for a new one too, as recorded."""
    require_group(call)
    name = call.names["name"]
    if len(name) > 44:
        raise invalid(
            [
                (
                    "InvalidProperty",
                    f"'Name' length should be 44 characters or less. Specified value has {len(name)} characters.",
                    "name",
                )
            ],
            "endpoint",
        )
    body = request_bodies.accept(KIND, call.object())
    existing = call.world.store.get(resource_id(call, KIND, name))
    check_etag(call, existing)
    place = location(call, body, existing)
    private = (
        existing.private if existing else {"host": f"{name.lower()}-{suffix()}", "immutable": f"dce-{uuid.uuid4().hex}"}
    )
    made = Record(existing.id if existing else resource_id(call, KIND, name), KIND, {}, private)
    made.body = _shown(call, made, body, place, existing)
    call.world.store.put(made)
    return Answer(200, grounded(call, made.body), dict(VERSIONS))


def _shown(call: Call, made: Record, body: dict[str, Any], place: str, existing: Record | None) -> dict[str, Any]:
    given = body.get("properties") or {}
    root = f"{BASE}/dce/{made.private['host']}"
    access = (given.get("networkAcls") or {}).get("publicNetworkAccess") or "Enabled"
    description = given.get("description")
    if description is not None and len(description) > 256:
        raise invalid(
            [("InvalidProperty", "'Description' length should be 256 characters or less", "properties.description")],
            "endpoint",
        )
    return {
        "properties": {
            **({"description": description} if description is not None else {}),
            "immutableId": made.private["immutable"],
            "configurationAccess": {"endpoint": f"{root}/configuration"},
            "logsIngestion": {"endpoint": root},
            "metricsIngestion": {"endpoint": f"{root}/metrics"},
            "networkAcls": {"publicNetworkAccess": access},
            "provisioningState": "Succeeded",
        },
        "location": place,
        **({"tags": tags(body)} if tags(body) else {}),
        **({"kind": body["kind"]} if body.get("kind") else {}),
        **({"identity": body["identity"]} if body.get("identity") else {}),
        "id": made.id,
        "name": made.name,
        "type": KIND,
        "etag": entity_tag(),
        "systemData": system_data(call, existing),
    }


def get(call: Call) -> Answer:
    """Show an endpoint."""
    return Answer(200, grounded(call, _require(call).body), dict(VERSIONS))


def patch(call: Call) -> Answer:
    """Change tags or identity; nothing else can be patched."""
    record = _require(call)
    return patched(call, record, call.object())


def patched(call: Call, record: Record, body: dict[str, Any]) -> Answer:
    """The common PATCH of endpoints and rules: tags and identity."""
    check_etag(call, record)
    if body.get("tags") is not None:
        record.body["tags"] = tags(body)
    if isinstance(body.get("identity"), dict):
        record.body["identity"] = body["identity"]
    record.body["etag"] = entity_tag()
    record.body["systemData"] = system_data(call, record)
    call.world.store.put(record)
    return Answer(200, grounded(call, record.body), dict(VERSIONS))


def delete(call: Call) -> Answer:
    """Take an endpoint away; 204 where there is none."""
    record = call.world.store.get(resource_id(call, KIND, call.names["name"]))
    if record is None:
        return Answer(204)
    remove(call.world, record)
    return Answer(200)


def remove(world: World, record: Record) -> None:
    """Delete a resource with the role assignments at it."""
    with world.store.write():
        for each in world.store.below(f"{record.key}/"):
            world.store.delete(each.id)
        world.store.delete(record.id)


def index(call: Call) -> Answer:
    """The endpoints of a group or subscription."""
    if "group" in call.names:
        require_group(call)
    return listing(call, [each.body for each in call.world.store.find(KIND, f"{call.scope}/")])


def _require(call: Call) -> Record:
    require_group(call)
    record = call.world.store.get(resource_id(call, KIND, call.names["name"]))
    if record is None:
        raise missing_resource(KIND, call.names["name"], call.names["group"])
    return record


def suffix() -> str:
    """Four characters that make a host name unique."""
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(4))


def invalid(found: list[tuple[str, str, str]], what: str = "rule") -> Refusal:
    """400 InvalidPayload with its details (code, message, target), as the service lists them."""
    details = [{"code": code, "message": message, "target": target} for code, message, target in found]
    return Refusal(400, "InvalidPayload", f"Data collection {what} is invalid", details=details)
