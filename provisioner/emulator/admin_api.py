"""The emulator's own paths, outside Azure's: counts, losses, faults, applications, reset."""

from __future__ import annotations

import os
import signal
import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import tables, workspaces
from provisioner.emulator.arm.table_checks import check_name, invalid
from provisioner.emulator.entra.token_endpoint import APPLICATION
from provisioner.emulator.http.response import Answer, Refusal
from provisioner.emulator.logs import dropped_rows as lost
from provisioner.emulator.store import Record

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Call

KINDS = ("arm_reads", "arm_writes", "token", "discovery", "ingestion", "query", "other")


def health(call: Call) -> Answer:
    """That the server lives, and which it is."""
    return Answer(body={"status": "ok", "version": call.world.version, "pid": os.getpid()})


def requests(call: Call) -> Answer:
    """How many requests of each kind came in since the start; those to these paths are not counted."""
    counts = {kind: call.world.requests.get(kind, 0) for kind in KINDS}
    return Answer(body={"version": 1, **counts, "total": sum(counts.values())})


def openapi(call: Call) -> Answer:
    """The surface as an OpenAPI document."""
    from provisioner.emulator.openapi import document

    return Answer(body=document(call.base))


def drops(call: Call) -> Answer:
    """What was lost in silence, and why."""
    return Answer(body={"version": 1, "drops": lost.kept(call.world)})


def clear_drops(call: Call) -> Answer:
    """Forget the losses."""
    with call.world.store.write() as db:
        db.execute("DELETE FROM drops")
    return Answer(204)


def faults(call: Call) -> Answer:
    """The faults that are on."""
    active = call.world.faults
    return Answer(body={"version": 1, "seed": active.seed, "faults": [each.json() for each in active.active]})


def add_faults(call: Call) -> Answer:
    """Turn faults on."""
    made = call.world.faults.load(call.json())
    if any(each.fault == "expired_tokens" for each in made):
        call.world.tokens.expire()
    return Answer(201, {"version": 1, "faults": [each.json() for each in made]})


def clear_faults(call: Call) -> Answer:
    """Turn all faults off."""
    call.world.faults.clear()
    return Answer(204)


def applications(call: Call) -> Answer:
    """The applications made beside the default one; their secrets are shown once, when they are made."""
    found = call.world.store.find(APPLICATION)
    shown = [{key: value for key, value in each.body.items() if key != "secret"} for each in found]
    return Answer(body={"version": 1, "applications": shown})


def put_application(call: Call) -> Answer:
    """Make an application without rights: secret, certificates (PEM) and federations (issuer, subject, jwks)."""
    import secrets

    number = call.names["client_id"].lower()
    try:
        uuid.UUID(number)
    except ValueError as error:
        raise Refusal(400, "InvalidApplication", f"'{number}' is not a GUID.") from error
    given = call.object() if call.content else {}
    if unknown := sorted(set(given) - {"object_id", "secret", "certificates", "federations"}):
        raise Refusal(400, "InvalidApplication", f"An application has no {', '.join(unknown)}.")
    default = number == call.world.identity.client_id
    body: dict[str, Any] = {
        "client_id": number,
        "object_id": call.world.identity.object_id if default else str(given.get("object_id") or uuid.uuid4()).lower(),
        "secret": None if default else given.get("secret") or secrets.token_urlsafe(30),
        "certificates": given.get("certificates") or [],
        "federations": given.get("federations") or [],
    }
    call.world.store.put(Record(f"/emulator/applications/{number}", APPLICATION, body))
    return Answer(201, body)


def put_classic(call: Call) -> Answer:
    """Make a classic custom table, as the retired Data Collector API did; Azure's own paths cannot."""
    workspace = workspaces.require(call)
    name = call.names["table"]
    check_name(name)
    if tables.stored(call.world, workspace, name):
        raise invalid(f"Table {name} exists.")
    columns = [{"name": "TimeGenerated", "type": "dateTime", "isDefaultDisplay": False, "isHidden": False}]
    private = {"plan": "Analytics", "columns": columns, "types": {"TimeGenerated": "dateTime"}, "classic": True}
    record = Record(f"{workspace.id}/tables/{name}", workspaces.TABLE, {}, private)
    call.world.store.put(record)
    return Answer(201, tables.show(workspace, record))


def reset(call: Call) -> Answer:
    """Forget every resource, row, loss and fault; identity and certificates stay."""
    call.world.faults.clear()
    call.world.memory.clear()
    call.world.requests.clear()
    with call.world.store.write() as db:
        for table in ("resources", "operations", "chunks", "drops", "metrics", "marks"):
            db.execute(f"DELETE FROM {table}")  # noqa: S608 - names written here
    return Answer(204)


def stop(call: Call) -> Answer:
    """End the server, after this answer."""
    os.kill(os.getpid(), signal.SIGTERM)
    return Answer(202, {"status": "stopping", "version": call.world.version})
