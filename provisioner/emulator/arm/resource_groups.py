"""Resource groups."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import long_running_operations, workspaces
from provisioner.emulator.arm.resource_envelope import GROUP, listing, location, tags
from provisioner.emulator.http.response import Answer, Refusal, missing_group
from provisioner.emulator.store import Record

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Call


def put(call: Call) -> Answer:
    """Make a group or rewrite its tags."""
    name = call.names["group"]
    if not re.fullmatch(r"[-\w._()]{0,89}[-\w_()]", name):
        message = (
            f"The provided resource group name '{name}' has these invalid characters: only letters, "
            "digits, '_', '(', ')', '-', '.' are allowed and it cannot end with '.'."
        )
        raise Refusal(400, "InvalidResourceGroup" if len(name) <= 90 else "ResourceGroupNameTooLong", message)
    body = call.object()
    existing = call.world.store.get(call.scope)
    if existing is not None and "deleting" in existing.private:
        raise Refusal(409, "ResourceGroupBeingDeleted", f"The resource group '{name}' is being deleted.")
    place = _location(call, body, existing)
    made = Record(existing.id if existing else call.scope, GROUP, {}, existing.private if existing else {})
    made.body = {
        "id": made.id,
        "name": made.name,
        "type": GROUP,
        "location": place,
        **({"managedBy": body["managedBy"]} if body.get("managedBy") else {}),
        **({"tags": tags(body)} if body.get("tags") is not None else {}),
        "properties": {"provisioningState": "Succeeded"},
    }
    call.world.store.put(made)
    return Answer(200 if existing else 201, made.body)


def _location(call: Call, body: dict[str, Any], existing: Record | None) -> str:
    place = location(call, body, None)
    if existing is not None and existing.body["location"] != place:
        message = (
            f"Invalid resource group location '{place}'. The Resource group already exists in location "
            f"'{existing.body['location']}'."
        )
        raise Refusal(409, "InvalidResourceGroupLocation", message)
    return place


def get(call: Call) -> Answer:
    """Show a group."""
    return Answer(body=_require(call).body)


def head(call: Call) -> Answer:
    """204 where the group exists, else 404."""
    return Answer(204 if call.world.store.get(call.scope) else 404)


def patch(call: Call) -> Answer:
    """Change a group's tags."""
    record, body = _require(call), call.object()
    if body.get("tags") is not None:
        record.body["tags"] = tags(body)
    call.world.store.put(record)
    return Answer(body=record.body)


def delete(call: Call) -> Answer:
    """Take a group and all in it away; its workspaces can be recovered for 14 days."""
    group = _require(call)
    headers, _ready, error = long_running_operations.begin(
        call, "Microsoft.Resources", group.body["location"], call.scope
    )
    if error is None:
        with call.world.store.write():
            for record in call.world.store.find(workspaces.KIND, f"{group.key}/"):
                workspaces.bury(call.world, record)
            for record in call.world.store.below(f"{group.key}/"):
                if record.type.lower() != workspaces.TABLE.lower():
                    call.world.store.delete(record.id)
            call.world.store.delete(group.id)
    number = headers["Azure-AsyncOperation"].rpartition("/")[2]
    location_url = f"{call.base}/subscriptions/{call.names['subscription']}/operationresults/{number}"
    return Answer(
        202, headers={"Location": location_url, **{k: v for k, v in headers.items() if k.startswith("retry")}}
    )


def index(call: Call) -> Answer:
    """The groups of a subscription."""
    return listing(call, [each.body for each in call.world.store.find(GROUP, f"{call.scope}/")])


def _require(call: Call) -> Record:
    record = call.world.store.get(call.scope)
    if record is None:
        raise missing_group(call.names["group"])
    return record
