"""Data collection rules: checked and written at once."""

from __future__ import annotations

import copy
import re
import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import request_bodies
from provisioner.emulator.arm.data_collection_endpoints import VERSIONS, invalid, patched, remove, suffix
from provisioner.emulator.arm.dcr_checks import check_rule
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
from provisioner.emulator.http.response import Answer, missing_resource
from provisioner.emulator.store import Record
from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Call

KIND = "Microsoft.Insights/dataCollectionRules"


def put(call: Call) -> Answer:
    """Make or replace a rule, or say everything that the service would hold against it."""
    require_group(call)
    name = call.names["name"]
    if not re.fullmatch(r"[^/%?#\\<>&]{1,64}", name):
        message = f"'Name' length should be 64 characters or less. Specified value has {len(name)} characters."
        raise invalid([("InvalidProperty", message, "name")])
    body = request_bodies.accept(KIND, call.object())
    existing = call.world.store.get(resource_id(call, KIND, name))
    check_etag(call, existing)
    place = location(call, body, existing)
    properties = copy.deepcopy(body.get("properties") or {})
    check_rule(call.world, properties, place, body.get("kind"), existing)
    private = (
        dict(existing.private)
        if existing
        else {"immutable": f"dcr-{uuid.uuid4().hex}", "host": f"{name.lower()}-{suffix()}-{place}"}
    )
    made = Record(existing.id if existing else resource_id(call, KIND, name), KIND, {}, private)
    made.private["written"] = call.world.clock.now()
    if existing is not None:
        made.private["before"] = existing.body["properties"]
    made.body = _shown(call, made, {**body, "properties": properties, "location": place}, existing)
    call.world.store.put(made)
    return Answer(200, grounded(call, _dated(call, made.body)), dict(VERSIONS))


def _shown(call: Call, made: Record, body: dict[str, Any], existing: Record | None) -> dict[str, Any]:
    properties = body["properties"]
    kind = body.get("kind") or (existing.body.get("kind") if existing else None)
    for destination in (properties.get("destinations") or {}).get("logAnalytics") or []:
        workspace = call.world.store.get(destination["workspaceResourceId"])
        if workspace is not None:
            destination["workspaceId"] = workspace.body["properties"]["customerId"]
    quotas = load_facts("emulator.yaml")["quotas"]
    root = f"{BASE}/direct/{made.private['host']}"
    return {
        "properties": {
            "immutableId": made.private["immutable"],
            **{key: value for key, value in properties.items() if value is not None},
            **(
                {"endpoints": {"logsIngestion": root, "metricsIngestion": f"{root}/metrics"}}
                if kind == "Direct"
                else {}
            ),
            "ingestionQuotas": {
                "logs": {
                    "maxSizePerMinuteInGB": str(quotas["gigabytes"]),
                    "maxRequestsPerMinute": str(quotas["requests"]),
                }
            },
            "provisioningState": "Succeeded",
        },
        "location": body["location"],
        **({"tags": tags(body)} if tags(body) else {}),
        **({"kind": kind} if kind else {}),
        **({"identity": body["identity"]} if body.get("identity") else {}),
        "id": made.id,
        "name": made.name,
        "type": KIND,
        "etag": entity_tag(),
        "systemData": system_data(call, existing),
    }


def _dated(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """The body as the asked api-version knows it: endpoints came in 2023-03-11, quotas in 2024-03-11."""
    hidden = {
        key
        for key, since in (("endpoints", "2023-03-11"), ("ingestionQuotas", "2024-03-11"))
        if call.api_version < since
    }
    if not hidden:
        return body
    return {**body, "properties": {key: value for key, value in body["properties"].items() if key not in hidden}}


def get(call: Call) -> Answer:
    """Show a rule."""
    return Answer(200, grounded(call, _dated(call, _require(call).body)), dict(VERSIONS))


def patch(call: Call) -> Answer:
    """Change tags or identity; nothing else can be patched."""
    return patched(call, _require(call), call.object())


def delete(call: Call) -> Answer:
    """Take a rule away with its grants; 204 where there is none."""
    record = call.world.store.get(resource_id(call, KIND, call.names["name"]))
    if record is None:
        return Answer(204)
    remove(call.world, record)
    return Answer(200)


def index(call: Call) -> Answer:
    """The rules of a group or subscription."""
    if "group" in call.names:
        require_group(call)
    return listing(call, [_dated(call, each.body) for each in call.world.store.find(KIND, f"{call.scope}/")])


def _require(call: Call) -> Record:
    require_group(call)
    record = call.world.store.get(resource_id(call, KIND, call.names["name"]))
    if record is None:
        raise missing_resource(KIND, call.names["name"], call.names["group"])
    return record
