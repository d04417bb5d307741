"""The emulator's own paths, which Azure does not have: counts, dropped rows, faults, applications, reset, stop."""

from __future__ import annotations

import os
import time
import uuid
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import tables, workspaces
from provisioner.emulator.arm.table_checks import check_name, invalid_parameter
from provisioner.emulator.entra import applications
from provisioner.emulator.entra.directory_store import trust_issuer
from provisioner.emulator.http.response import ApiError, Response
from provisioner.emulator.logs import dropped_rows
from provisioner.emulator.logs.row_store import table_key
from provisioner.emulator.store import DATA_TABLES, StoredResource
from provisioner.model import column_type

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request

REQUEST_KINDS = ("arm_reads", "arm_writes", "token", "discovery", "graph", "ingestion", "query", "other")


def get_health(request: Request) -> Response:
    """Say that the server answers, its process id and the fingerprint of its code."""
    return Response(body={"status": "ok", "version": request.state.version, "pid": os.getpid()})


def get_request_counts(request: Request) -> Response:
    """How many requests of each kind came in since the start; those to these paths are not counted."""
    counts = {kind: request.state.request_counts.get(kind, 0) for kind in REQUEST_KINDS}
    return Response(body={"version": 1, **counts, "total": sum(counts.values())})


def list_recent_requests(request: Request) -> Response:
    """The last requests with their status and duration, oldest first; those to these paths are left out."""
    recent = [asdict(entry) for entry in tuple(request.state.recent_requests)]
    return Response(body={"version": 1, "requests": recent})


def list_tables(request: Request) -> Response:
    """The tables of every workspace that were written or hold rows, with how many: workspace, its GUID, name, rows."""
    store = request.state.store
    counts = dict(store.read_connection().execute("SELECT place, sum(size) FROM chunks GROUP BY place"))
    listed = []
    for workspace in store.find_by_type(workspaces.WORKSPACE):
        guid = workspace.body["properties"]["customerId"]
        written = [table.name for table in store.find_by_type(workspaces.TABLE, f"{workspace.id}/")]
        with_rows = [place.partition("/")[2] for place in counts if place.startswith(f"{guid}/")]
        for name in sorted({*written, *with_rows}):
            rows = counts.get(table_key(guid, name), 0)
            listed.append({"workspace": workspace.name, "workspace_id": guid, "name": name, "rows": rows})
    return Response(body={"version": 1, "tables": listed})


def get_openapi(request: Request) -> Response:
    """All routes as an OpenAPI document."""
    from provisioner.emulator.openapi import openapi_document

    return Response(body=openapi_document(request.state.application.routes.routes, request.base_url))


def list_drops(request: Request) -> Response:
    """Rows that were dropped although their call was answered 204, and why."""
    return Response(body={"version": 1, "drops": dropped_rows.list_drops(request.state)})


def clear_drops(request: Request) -> Response:
    """Delete the record of dropped rows."""
    with request.state.store.write() as db:
        db.execute("DELETE FROM drops")
    return Response(204)


def list_faults(request: Request) -> Response:
    """The faults that are on."""
    faults = request.state.faults
    return Response(body={"version": 1, "seed": faults.seed, "faults": [fault.to_json() for fault in faults.active]})


def add_faults(request: Request) -> Response:
    """Turn faults on; raises ApiError 400 InvalidFault."""
    added = request.state.faults.load(request.parse_json())
    # Tokens are verified once and remembered: those in use must be expired one by one.
    if any(fault.fault == "expired_tokens" for fault in added):
        request.state.tokens.expire_issued_tokens()
    return Response(201, {"version": 1, "faults": [fault.to_json() for fault in added]})


def clear_faults(request: Request) -> Response:
    """Turn all faults off."""
    request.state.faults.clear()
    return Response(204)


def list_applications(request: Request) -> Response:
    """The applications beside the default one; a secret is shown once, in the answer to its PUT."""
    stored = request.state.store.find_by_type(applications.APPLICATION_TYPE)
    shown = [{key: value for key, value in record.body.items() if key != "secret"} for record in stored]
    return Response(body={"version": 1, "applications": shown})


def put_application(request: Request) -> Response:
    """Create an application without roles: secret, certificates (PEM) and federations (issuer, subject, jwks).

    `graph_roles` are its permissions for Microsoft Graph.

    With the default application's id, add certificates and federations to it. Raises ApiError 400 InvalidApplication.
    """
    import secrets

    client_id = request.path_params["client_id"].lower()
    try:
        uuid.UUID(client_id)
    except ValueError as error:
        raise ApiError(400, "InvalidApplication", f"'{client_id}' is not a GUID.") from error
    body = request.parse_json_object() if request.content else {}
    if unknown := sorted(set(body) - {"object_id", "secret", "certificates", "federations", "graph_roles"}):
        raise ApiError(400, "InvalidApplication", f"An application has no {', '.join(unknown)}.")
    identity = request.state.identity
    is_default = client_id == identity.client_id
    application: dict[str, Any] = {
        "client_id": client_id,
        "object_id": identity.object_id if is_default else str(body.get("object_id") or uuid.uuid4()).lower(),
        "secret": None if is_default else body.get("secret") or secrets.token_urlsafe(30),
        "certificates": body.get("certificates") or [],
        "federations": body.get("federations") or [],
        "graph_roles": body.get("graph_roles") or [],
    }
    record_id = applications.record_id(client_id)
    request.state.store.put(StoredResource(record_id, applications.APPLICATION_TYPE, application))
    return Response(201, application)


def put_issuer(request: Request) -> Response:
    """Take the keys in `jwks` for those that the identity provider `issuer` publishes."""
    body = request.parse_json_object()
    issuer, jwks = body.get("issuer"), body.get("jwks")
    if not isinstance(issuer, str) or not isinstance(jwks, dict):
        raise ApiError(400, "InvalidIssuer", "An issuer is {issuer, jwks}: its address and its JSON Web Key Set.")
    trust_issuer(request.state, issuer, jwks)
    return Response(201, {"issuer": issuer})


def issue_assertion(request: Request) -> Response:
    """Sign an assertion as an identity provider would: `issuer`, `subject`, `audience`, good for `seconds`."""
    body = request.parse_json_object()
    if not all(isinstance(body.get(name), str) for name in ("issuer", "subject")):
        raise ApiError(400, "InvalidAssertion", "An assertion names `issuer` and `subject`.")
    now = int(time.time())
    audience, seconds = body.get("audience", "api://AzureADTokenExchange"), body.get("seconds", 600)
    if not isinstance(audience, str) or isinstance(seconds, bool) or not isinstance(seconds, int):
        raise ApiError(400, "InvalidAssertion", "`audience` is a text, `seconds` a whole number.")
    claims = {"iss": body["issuer"], "sub": body["subject"], "aud": audience, "iat": now, "nbf": now}
    return Response(201, {"assertion": request.state.tokens.sign({**claims, "exp": now + seconds})})


def put_classic_table(request: Request) -> Response:
    """Create a classic custom table, as the retired Data Collector API did; Azure's own paths cannot.

    The body may name its columns, as a table's body does: `{"columns": [{"name", "type"}]}`.
    """
    workspace = workspaces.require_workspace(request)
    name = request.path_params["table"]
    check_name(name)
    if tables.find_table(request.state, workspace, name):
        raise invalid_parameter(f"Table {name} exists.")
    types = {"TimeGenerated": "dateTime"} | _classic_columns(request)
    columns = [
        {"name": column, "type": type_, "isDefaultDisplay": False, "isHidden": False} for column, type_ in types.items()
    ]
    private = {"plan": "Analytics", "columns": columns, "types": types, "classic": True}
    table = StoredResource(tables.table_id(workspace, name), workspaces.TABLE, {}, private)
    request.state.store.put(table)
    return Response(201, tables.current_body(workspace, table))


def _classic_columns(request: Request) -> dict[str, str]:
    """Name → type of the columns that the body names beside TimeGenerated; none where there is no body."""
    listed = request.parse_json_object().get("columns", []) if request.content else []
    types: dict[str, str] = {}
    for column in listed if isinstance(listed, list) else [None]:
        name, spelled = (column.get("name"), column.get("type")) if isinstance(column, dict) else (None, None)
        type_ = column_type(spelled) if isinstance(spelled, str) else None
        if not isinstance(name, str) or type_ is None:
            raise ApiError(400, "InvalidColumns", "`columns` is a list of {name, type} with the types of a table.")
        types[name] = type_.table
    return types


def reset(request: Request) -> Response:
    """Forget every resource, row, dropped row and fault; identity and certificates stay."""
    request.state.faults.clear()
    request.state.clear_caches()
    request.state.request_counts.clear()
    request.state.recent_requests.clear()
    with request.state.store.write() as db:
        for table in DATA_TABLES:
            db.execute(f"DELETE FROM {table}")  # noqa: S608 - names written in our own code
    return Response(204)


def stop(request: Request) -> Response:
    """End the server after this answer."""
    # Not a signal to itself: on Windows that would end the process before the answer is out.
    request.state.end_server()
    return Response(202, {"status": "stopping", "version": request.state.version})
