"""Deleted tables: their rows come back with a table of the same name, for a time that depends on the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.emulator import azure_facts
from provisioner.emulator.arm.workspaces import DELETED_TABLE
from provisioner.emulator.store import StoredResource

if TYPE_CHECKING:
    from provisioner.emulator.state import EmulatorState

_DAY_SECONDS = 24 * 3600


def remember_deletion(state: EmulatorState, table: StoredResource) -> None:
    """Write down when a table is deleted, and with which plan."""
    workspace_id, _, name = table.id.rpartition("/tables/")
    private = {"deleted": state.clock.now(), "plan": table.private["plan"]}
    state.store.put(StoredResource(f"{workspace_id}/deletedTables/{name}", DELETED_TABLE, {}, private))


def purge_expired_rows(state: EmulatorState, workspace: StoredResource, name: str) -> None:
    """Delete the rows that a table that is created again does not get back, and forget its deletion."""
    deletion = state.store.get(f"{workspace.id}/deletedTables/{name}")
    # Ids are compared without case, names of tables with it.
    if deletion is None or deletion.name != name:
        return
    limits = azure_facts.table_limits()["deleted_rows"]
    seconds = state.clock.now() - deletion.private["deleted"]
    with state.store.write() as db:
        if deletion.private["plan"].lower() in limits["plans"] and seconds > limits["days"] * _DAY_SECONDS:
            key = f"{workspace.body['properties']['customerId']}/{name}"
            db.execute("DELETE FROM marks WHERE chunk IN (SELECT id FROM chunks WHERE place = ?)", (key,))
            db.execute("DELETE FROM chunks WHERE place = ?", (key,))
        state.store.delete(deletion.id)
