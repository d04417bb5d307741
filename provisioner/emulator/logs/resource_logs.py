"""Rows that reach a workspace through no rule of their own, such as the logs of resources: an emulator's own path.

Azure's resources send such rows themselves; here a test does, and the workspace's own rule transforms them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.emulator import azure_facts
from provisioner.emulator.arm import tables
from provisioner.emulator.arm.workspaces import require_workspace
from provisioner.emulator.http.request import parse_strict_json
from provisioner.emulator.http.response import ApiError, Response
from provisioner.emulator.logs.dropped_rows import DropCounter
from provisioner.emulator.logs.row_ingestion import ingest_rows
from provisioner.emulator.logs.row_store import append_rows, table_key
from provisioner.model import WORKSPACE_STREAM_PREFIX

if TYPE_CHECKING:
    from typing import Any

    from provisioner.emulator.http.request import Request
    from provisioner.emulator.store import StoredResource


def post(request: Request) -> Response:
    """Store an array of rows in a table, as the workspace's own rule transforms them: 204."""
    workspace, table = require_workspace(request), request.path_params["table"]
    rows = _parse_rows(request)
    if table not in azure_facts.azure_tables() and tables.find_table(request.state, workspace, table) is None:
        raise ApiError(404, "ResourceNotFound", f"The workspace has no table '{table}'.")
    rule = request.state.store.get(workspace.body["properties"].get("defaultDataCollectionRuleResourceId") or "")
    if rule is None or not _transforms(rule, table):
        _store_untransformed(request, workspace, table, rows)
        return Response(204)
    drops = DropCounter(rule.id, f"{WORKSPACE_STREAM_PREFIX}{table}")
    ingest_rows(request.state, rule, rule.body["properties"], rows, drops)
    drops.save(request.state)
    return Response(204)


def _parse_rows(request: Request) -> list[dict[str, Any]]:
    try:
        rows = parse_strict_json(request.decompressed_content())
    except (ValueError, RecursionError) as error:
        raise ApiError(400, "InvalidRequestContent", f"The body is not valid JSON: {error}.") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ApiError(400, "InvalidRequestContent", "The body is an array of rows.")
    return rows


def _transforms(rule: StoredResource, table: str) -> bool:
    stream = f"{WORKSPACE_STREAM_PREFIX}{table}"
    flows = rule.body["properties"].get("dataFlows") or []
    return any(stream in (flow.get("streams") or []) for flow in flows)


def _store_untransformed(request: Request, workspace: StoredResource, table: str, rows: list[dict[str, Any]]) -> None:
    received = request.state.clock.now()
    timed = [{**row, "TimeGenerated": row.get("TimeGenerated") or request.state.clock.iso_now()} for row in rows]
    append_rows(request.state, table_key(workspace.body["properties"]["customerId"], table), timed, received)
