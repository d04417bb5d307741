"""Log Analytics workspaces, with their soft deletion and recovery."""

from __future__ import annotations

import base64
import re
import secrets
import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import long_running_operations, request_bodies
from provisioner.emulator.arm.resource_envelope import (
    check_etag,
    entity_tag,
    listing,
    location,
    require_group,
    resource_id,
    tags,
)
from provisioner.emulator.http.response import Answer, Refusal, missing_resource
from provisioner.emulator.store import Record

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Call, World

KIND = "Microsoft.OperationalInsights/workspaces"
TABLE = f"{KIND}/tables"
DELETED = "Microsoft.OperationalInsights/deletedWorkspaces"
GRACE = 14 * 24 * 3600
"""Seconds for which a deleted workspace can be recovered; AMD logs/delete-workspace.md."""

_SKUS = ("Free", "Standard", "Premium", "PerNode", "PerGB2018", "Standalone", "CapacityReservation", "LACluster")


def put(call: Call) -> Answer:
    """Make, recover or rewrite a workspace; a new one is still Creating in the answer."""
    require_group(call)
    name = call.names["workspace"]
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]", name):
        message = (
            f"The workspace name '{name}' is not valid: 4 to 63 letters, digits and '-', the first and "
            "last a letter or digit."
        )
        raise Refusal(400, "InvalidParameter", message, target="name")
    store, body = call.world.store, request_bodies.accept(KIND, call.object())
    existing = store.get(resource_id(call, KIND, name))
    check_etag(call, existing)
    body["location"] = location(call, body, existing)
    body["tags"] = tags(body)
    grave = None if existing else _grave(call, body["location"])
    base = existing or grave
    made = Record(
        existing.id if existing else resource_id(call, KIND, name), KIND, {}, dict(base.private) if base else {}
    )
    made.body = _shown(call, made, body, base)
    headers, ready, error = long_running_operations.begin(
        call, "Microsoft.OperationalInsights", body["location"], made.id
    )
    if error is not None:
        raise Refusal(400, error["code"], error["message"])
    if existing is None:
        made.private["ready"] = ready
        made.private.setdefault("keys", [_key(), _key()])
    with store.write():
        if grave:
            store.delete(grave.id)
        store.put(made)
    if existing:
        return Answer(200, show(call.world, made))
    own = {"Location": f"{call.base}{made.id}?api-version={call.api_version}"}
    return Answer(201, show(call.world, made, state="Creating"), {**headers, **own})


def _shown(call: Call, made: Record, body: dict[str, Any], before: Record | None) -> dict[str, Any]:
    given, old = body.get("properties") or {}, before.body["properties"] if before else {}
    now = call.world.clock.text()
    sku = (given.get("sku") or old.get("sku") or {"name": "PerGB2018"}).get("name")
    features = {
        "legacy": 0,
        "searchVersion": 1,
        "enableLogAccessUsingOnlyResourcePermissions": True,
        **(old.get("features") or {}),
        **(given.get("features") or {}),
    }
    capping = {
        "dailyQuotaGb": -1.0,
        **{k: v for k, v in (given.get("workspaceCapping") or {}).items() if v is not None},
    }
    extra = {
        k: given[k]
        for k in ("forceCmkForQuery", "defaultDataCollectionRuleResourceId", "replication")
        if given.get(k) is not None
    }
    return {
        "properties": {
            "customerId": old.get("customerId") or str(uuid.uuid4()),
            "provisioningState": "Succeeded",
            "sku": {"name": _sku(sku), "lastSkuUpdate": old.get("sku", {}).get("lastSkuUpdate", now)},
            "retentionInDays": _retention(given.get("retentionInDays", old.get("retentionInDays"))),
            "features": features,
            "workspaceCapping": {**capping, "quotaNextResetTime": now, "dataIngestionStatus": "RespectQuota"},
            **extra,
            "publicNetworkAccessForIngestion": given.get("publicNetworkAccessForIngestion") or "Enabled",
            "publicNetworkAccessForQuery": given.get("publicNetworkAccessForQuery") or "Enabled",
            "createdDate": old.get("createdDate", now),
            "modifiedDate": now,
        },
        "location": body["location"],
        **({"tags": body["tags"]} if body["tags"] else {}),
        **({"identity": body["identity"]} if body.get("identity") else {}),
        "id": made.id,
        "name": made.name,
        "type": KIND,
        "etag": entity_tag(),
    }


def _sku(name: Any) -> str:
    if not isinstance(name, str) or name.lower() not in {each.lower() for each in _SKUS}:
        raise Refusal(400, "InvalidParameter", f"The SKU '{name}' is not valid.", target="properties.sku.name")
    return name


def _retention(days: Any) -> int:
    if days in {None, -1}:
        return 30
    if not 30 <= days <= 730:
        message = f"Invalid value {days} provided for 'retentionInDays': it must be between 30 and 730."
        raise Refusal(400, "InvalidParameter", message, target="properties.retentionInDays")
    return int(days)


def show(world: World, record: Record, *, state: str | None = None) -> dict[str, Any]:
    """The body of a workspace, with the state that it has by now."""
    properties = {
        **record.body["properties"],
        "provisioningState": state or ("Creating" if long_running_operations.left(record.private) else "Succeeded"),
    }
    if over_quota(world, record):
        properties["workspaceCapping"] = {**properties["workspaceCapping"], "dataIngestionStatus": "OverQuota"}
    return {**record.body, "properties": properties}


def over_quota(world: World, record: Record) -> bool:
    """Whether the workspace takes no more data today."""
    if world.faults.on("over_quota"):
        return True
    quota = record.body["properties"]["workspaceCapping"].get("dailyQuotaGb", -1.0)
    if quota < 0:
        return False
    midnight = world.clock.now() // 86_400 * 86_400
    customer = record.body["properties"]["customerId"]
    sql = "SELECT coalesce(sum(length(rows)), 0) FROM chunks WHERE place >= ? AND place < ? AND received >= ?"
    size = world.store.reader().execute(sql, (f"{customer}/", f"{customer}0", midnight)).fetchone()[0]
    return bool(size >= quota * 2**30)


def get(call: Call) -> Answer:
    """Show a workspace."""
    return Answer(body=show(call.world, require(call)))


def patch(call: Call) -> Answer:
    """Change the given properties of a workspace and leave the others."""
    record = require(call)
    check_etag(call, record)
    body = request_bodies.accept(KIND, call.object())
    merged = {
        "location": record.body["location"],
        "tags": tags(body) if body.get("tags") is not None else record.body.get("tags", {}),
    }
    old = record.body["properties"]
    keep = ("retentionInDays", "workspaceCapping", "publicNetworkAccessForIngestion", "publicNetworkAccessForQuery")
    given = {k: v for k, v in (body.get("properties") or {}).items() if v is not None}
    merged["properties"] = {**{k: old[k] for k in keep}, **given}
    record.body = _shown(call, record, merged, record)
    call.world.store.put(record)
    return Answer(body=show(call.world, record))


def delete(call: Call) -> Answer:
    """Bury a workspace for 14 days, or with `force=true` for good; 204 where there is none."""
    record = call.world.store.get(resource_id(call, KIND, call.names["workspace"]))
    if record is None:
        return Answer(204)
    headers, _ready, error = long_running_operations.begin(
        call, "Microsoft.OperationalInsights", record.body["location"], record.id
    )
    if error is None:
        with call.world.store.write():
            if call.query.get("force", "").lower() == "true":
                purge(call.world, record)
            else:
                bury(call.world, record)
    return Answer(202, headers=headers)


def bury(world: World, record: Record) -> None:
    """Soft deletion: the workspace keeps its id, keys, tables and rows for its recovery."""
    parts = record.id.split("/")
    grave = f"/subscriptions/{parts[2]}/providers/{DELETED}/{parts[4]}~{record.name}"
    private = {**record.private, "deleted": world.clock.now(), "home": record.id}
    world.store.delete(record.id)
    world.store.put(Record(grave, DELETED, record.body, private))


def purge(world: World, record: Record) -> None:
    """Final deletion: tables and rows go too."""
    customer = record.body["properties"]["customerId"]
    with world.store.write() as db:
        for table in world.store.find(TABLE, f"{record.key}/"):
            world.store.delete(table.id)
        world.store.delete(record.id)
        db.execute(
            "DELETE FROM marks WHERE chunk IN (SELECT id FROM chunks WHERE place >= ? AND place < ?)",
            (f"{customer}/", f"{customer}0"),
        )
        db.execute("DELETE FROM chunks WHERE place >= ? AND place < ?", (f"{customer}/", f"{customer}0"))


def _grave(call: Call, place: str) -> Record | None:
    """The deleted workspace of this name that a PUT brings back, if it is still there."""
    record = call.world.store.get(
        f"/subscriptions/{call.names['subscription']}/providers/{DELETED}/{call.names['group']}~{call.names['workspace']}"
    )
    if record is None:
        return None
    if record.private["deleted"] + GRACE < call.world.clock.now():
        home = Record(record.private["home"], KIND, record.body)
        purge(call.world, home)
        call.world.store.delete(record.id)
        return None
    if record.body["location"] != place:
        message = (
            f"A workspace of the name '{call.names['workspace']}' was deleted in location "
            f"'{record.body['location']}' less than "
            f"14 days ago; it can only be recovered there."
        )
        raise Refusal(409, "Conflict", message)
    return record


def index(call: Call) -> Answer:
    """The workspaces of a group or subscription."""
    if "group" in call.names:
        require_group(call)
    return listing(call, [show(call.world, each) for each in call.world.store.find(KIND, f"{call.scope}/")])


def index_deleted(call: Call) -> Answer:
    """The workspaces that can be recovered."""
    root = f"/subscriptions/{call.names['subscription']}/providers/{DELETED}/"
    if "group" in call.names:
        root += f"{call.names['group']}~"
    least = call.world.clock.now() - GRACE
    return listing(
        call, [each.body for each in call.world.store.find(DELETED, root) if each.private["deleted"] >= least]
    )


def shared_keys(call: Call) -> Answer:
    """The workspace's two keys."""
    first, second = require(call).private["keys"]
    return Answer(body={"primarySharedKey": first, "secondarySharedKey": second})


def require(call: Call) -> Record:
    """The workspace that the call names; 404 where it is missing."""
    require_group(call)
    record = call.world.store.get(resource_id(call, KIND, call.names["workspace"]))
    if record is None:
        raise missing_resource(KIND, call.names["workspace"], call.names["group"])
    return record


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(64)).decode()
