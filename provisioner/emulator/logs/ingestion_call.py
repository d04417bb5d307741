"""One ingestion call after it was accepted: what its body is for the rule, and what is counted and recorded of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import metric_points
from provisioner.emulator.logs.dropped_rows import DropCounter, short_json
from provisioner.emulator.logs.row_ingestion import TransformedRows, store_rows, transform_rows
from provisioner.emulator.logs.rule_logs import keep_errors

if TYPE_CHECKING:
    from provisioner.emulator.state import EmulatorState
    from provisioner.emulator.store import StoredResource


@dataclass(frozen=True, slots=True)
class IngestionCall:
    """A call for a stream of the rule with that ARM id: when it was received, and its body as it was sent.

    `encoding` is its Content-Encoding, `client_request_id` the sender's name for it.
    """

    rule: str
    stream: str
    received: float
    encoding: str
    client_request_id: str
    content: bytes


def effective_properties(state: EmulatorState, rule: StoredResource, received: float) -> dict[str, Any]:
    """The rule as the endpoint knows it: for as long as the fault `stale_rules` says, as before its last change."""
    stale_until = rule.private.get("written", 0.0) + state.faults.seconds_of("stale_rules", 0.0)
    if "before" in rule.private and received < stale_until:
        earlier: dict[str, Any] = rule.private["before"]
        return earlier
    current: dict[str, Any] = rule.body["properties"]
    return current


def carry_out(state: EmulatorState, rule: StoredResource, call: IngestionCall, document: object) -> None:
    """Store what the rule makes of a body; raises ApiError 400 where an auxiliary table refuses the whole call."""
    drops, rows = DropCounter(rule.id, call.stream), TransformedRows([], {})
    if isinstance(document, list):
        properties = effective_properties(state, rule, call.received)
        rows = transform_rows(state, rule, properties, document, drops, call.received)
    else:
        drops.add("NotAnArray", short_json(document))
    with state.store.write():
        store_rows(state, rule, rows, call.stream, call.received)
        drops.save(state)
        keep_errors(state, drops, call.client_request_id)
        counts = {"ApiCallReceived_Count": 1, "BytesReceived_Count": len(call.content)}
        metric_points.record_counts(state, rule.id, call.stream, counts, call.received)
