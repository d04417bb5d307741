"""What a rule says of lost rows: rows of DCRLogErrors, where a diagnostic setting keeps them in a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.emulator import azure_facts
from provisioner.emulator.arm.diagnostic_settings import workspaces_with_log
from provisioner.emulator.logs.dropped_rows import REASONS
from provisioner.emulator.logs.row_store import append_rows, table_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from provisioner.emulator.logs.dropped_rows import DropCounter
    from provisioner.emulator.state import EmulatorState


def keep_errors(state: EmulatorState, drops: DropCounter, client_request_id: str) -> None:
    """Write one row for each kind of error of one ingestion call; they are queryable when other rows would be."""
    facts = azure_facts.rule_error_log()
    # Most calls lose nothing: settings are looked for only where there is something to write.
    rows = list(_error_rows(state, drops, client_request_id, facts["operations"]))
    if not rows:
        return
    received = state.clock.now()
    for workspace_id in workspaces_with_log(state, drops.dcr, facts["category"]):
        workspace = state.store.get(workspace_id)
        if workspace is not None:
            key = table_key(workspace.body["properties"]["customerId"], facts["table"])
            append_rows(state, key, rows, received)


def _error_rows(
    state: EmulatorState, drops: DropCounter, client_request_id: str, operations: dict[str, str]
) -> Iterator[dict[str, Any]]:
    for (reason, detail, table), count in drops.counts.items():
        if reason not in operations:
            continue
        what = f"{REASONS[reason]}: {detail}" if detail else REASONS[reason]
        yield {
            "TimeGenerated": state.clock.iso_now(),
            "OperationName": operations[reason],
            "InputStreamId": drops.stream,
            "Message": f"{what} (rows: {count}{', table: ' + table if table else ''})",
            "ClientRequestId": client_request_id,
            "CorrelationId": "",
            "SourceSystem": "Azure",
            "_ResourceId": drops.dcr.lower(),
            "_SubscriptionId": drops.dcr.split("/")[2].lower(),
        }
