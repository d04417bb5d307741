"""Any other resource by its id: kept as it was sent, so that templates and tools get along."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm.resource_envelope import (
    check_etag,
    entity_tag,
    grounded,
    listing,
    require_group,
    system_data,
    tags,
)
from provisioner.emulator.http.response import Answer, missing_resource
from provisioner.emulator.store import Record

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Call

_OWN = ("microsoft.resources/", "microsoft.authorization/role", "microsoft.operationalinsights/workspaces/query")


def fits(segments: list[str]) -> bool:
    """Whether a path is the id of a resource in a group: pairs of type and name after a provider."""
    low = [each.lower() for each in segments]
    if low[:1] != ["subscriptions"] or low[2:3] != ["resourcegroups"] or low[4:5] != ["providers"]:
        return False
    kind = _kind(segments)
    return kind is not None and not kind.lower().startswith(_OWN)


def names(segments: list[str]) -> dict[str, str]:
    """The names in such a path."""
    return {"subscription": segments[1], "group": segments[3], "kind": _kind(segments) or ""}


def _kind(segments: list[str]) -> str | None:
    """The last provider's type in a path; None where the path is no id."""
    starts = [index for index, each in enumerate(segments) if each.lower() == "providers"]
    tail = segments[starts[-1] + 1 :]
    if len(tail) < 3 or len(tail) % 2 == 0:
        return None
    return "/".join([tail[0], *tail[1::2]])


def put(call: Call) -> Answer:
    """Make or replace a resource."""
    require_group(call)
    body = call.object()
    existing = call.world.store.get(call.path)
    check_etag(call, existing)
    made = Record(existing.id if existing else call.path, call.names["kind"], {})
    made.body = {
        **{key: value for key, value in body.items() if key not in {"id", "name", "type", "apiVersion", "dependsOn"}},
        **({"tags": tags(body)} if body.get("tags") is not None else {}),
        "id": made.id,
        "name": made.name,
        "type": made.type,
        "etag": entity_tag(),
        "systemData": system_data(call, existing),
    }
    properties = made.body.get("properties")
    made.body["properties"] = (
        {**properties, "provisioningState": "Succeeded"} if isinstance(properties, dict) else properties
    )
    call.world.store.put(made)
    return Answer(200 if existing else 201, grounded(call, made.body))


def patch(call: Call) -> Answer:
    """Merge a body into a resource."""
    record = _require(call)
    check_etag(call, record)
    record.body = merge(
        record.body, {key: value for key, value in call.object().items() if key not in {"id", "name", "type"}}
    )
    record.body["etag"] = entity_tag()
    call.world.store.put(record)
    return Answer(200, grounded(call, record.body))


def merge(old: Any, new: Any) -> Any:
    """JSON merge patch: objects member by member, null removes, the rest replaces."""
    if not isinstance(new, dict):
        return new
    result = dict(old) if isinstance(old, dict) else {}
    for key, value in new.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge(result.get(key), value)
    return result


def get(call: Call) -> Answer:
    """Show a resource."""
    return Answer(200, grounded(call, _require(call).body))


def head(call: Call) -> Answer:
    """204 where the resource exists, else 404."""
    return Answer(204 if call.world.store.get(call.path) else 404)


def delete(call: Call) -> Answer:
    """Take a resource away; 204 where there is none."""
    return Answer(200 if call.world.store.delete(call.path) else 204)


def index(call: Call) -> Answer:
    """All resources of a group or subscription; `resourceType eq` and `resourceGroup eq` narrow."""
    wanted = call.query.get("$filter", "")
    group = re.search(r"resourceGroup eq '([^']*)'", wanted, re.IGNORECASE)
    kind = re.search(r"resourceType eq '([^']*)'", wanted, re.IGNORECASE)
    root = f"{call.scope}/resourceGroups/{group[1]}/providers/" if group else f"{call.scope}/"
    keys = ("id", "name", "type", "kind", "location", "tags")
    found = [
        {key: each.body[key] for key in keys if key in each.body}
        for each in call.world.store.below(root)
        if each.body.get("type") and each.body.get("location") and "/providers/" in each.key
    ]
    if kind:
        found = [each for each in found if each["type"].lower() == kind[1].lower()]
    return listing(call, found)


def _require(call: Call) -> Record:
    require_group(call)
    record = call.world.store.get(call.path)
    if record is None:
        kind = call.names["kind"]
        tail = call.path.split("/providers/")[-1].split("/")[2::2]
        raise missing_resource(kind, "/".join(tail), call.names["group"])
    return record
