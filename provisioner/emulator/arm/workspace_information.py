"""What else can be asked of a workspace: usage, management groups, schema, service tiers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from provisioner.emulator import azure_facts
from provisioner.emulator.arm import workspaces
from provisioner.emulator.arm.resource_envelope import require_group, resource_id
from provisioner.emulator.clock import to_iso
from provisioner.emulator.http.response import Response, resource_not_found

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.store import StoredResource

_UNLIMITED = -1.0


def list_usages(request: Request) -> Response:
    """The bytes taken in since midnight, against the daily cap where there is one."""
    workspace = _require_workspace(request)
    now = datetime.fromtimestamp(request.state.clock.now(), UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    cap = workspace.body["properties"]["workspaceCapping"]["dailyQuotaGb"]
    body = {
        "name": {"value": "DataAnalyzed", "localizedValue": "Data Analyzed"},
        "unit": "Bytes",
        "currentValue": _received_bytes(request, workspace, midnight.timestamp()),
        "limit": _UNLIMITED if cap == _UNLIMITED else cap * 1024**3,
        "nextResetTime": to_iso((midnight + timedelta(days=1)).timestamp()),
        "quotaPeriod": "P1D",
    }
    return Response(200, {"value": [body]})


def list_management_groups(request: Request) -> Response:
    """The management groups of System Center that are connected: none can be, here."""
    _require_workspace(request)
    return Response(200, {"value": []})


def get_schema(request: Request) -> Response:
    """Every column of the workspace's tables once, as the search API knows them."""
    workspace = _require_workspace(request)
    columns: dict[str, str] = dict(azure_facts.standard_columns())
    for table in request.state.store.find_by_type(workspaces.TABLE, f"{workspace.key}/"):
        columns |= {column["name"]: column["type"] for column in table.private.get("columns", [])}
    value = [
        {"name": name, "displayName": name, "type": kind, "indexed": True, "stored": True, "facet": False}
        for name, kind in sorted(columns.items())
    ]
    metadata = {"schema": {"name": workspace.name, "version": 2}, "resultType": "schema", "total": len(value)}
    return Response(200, {"metadata": metadata, "value": value})


def list_service_tiers(request: Request) -> Response:
    """The service tiers that the workspace may change to: its own, which is the one that this stand-in knows."""
    workspace = _require_workspace(request)
    sku = workspace.body["properties"]["sku"]["name"]
    tier: dict[str, Any] = {"serviceTier": sku, "enabled": True, "defaultRetention": 30, "maximumRetention": 730}
    return Response(200, [tier])


def _received_bytes(request: Request, workspace: StoredResource, since: float) -> float:
    start = f"{workspace.key}/"
    sql = "SELECT COALESCE(SUM(size), 0) FROM chunks WHERE place >= ? AND place < ? AND received >= ?"
    connection = request.state.store.read_connection()
    return float(connection.execute(sql, (start, start + "\U0010ffff", since)).fetchone()[0])


def _require_workspace(request: Request) -> StoredResource:
    require_group(request)
    name = request.path_params["workspace"]
    workspace = request.state.store.get(resource_id(request, workspaces.WORKSPACE, name))
    if workspace is None:
        raise resource_not_found(workspaces.WORKSPACE, name, request.path_params["group"])
    return workspace
