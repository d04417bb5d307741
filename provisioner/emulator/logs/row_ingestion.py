"""From the objects of one call to stored rows: declared members, transforms, the table's columns, times and lengths."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from provisioner.emulator import azure_facts
from provisioner.emulator.arm import metric_points, workspaces
from provisioner.emulator.arm.dcr_body import stream_columns
from provisioner.emulator.clock import to_iso
from provisioner.emulator.logs import row_store
from provisioner.emulator.logs.dropped_rows import short_json
from provisioner.emulator.logs.ingestion_flows import IngestionFlow, bound_flows
from provisioner.emulator.logs.sent_values import check_batch, loses_all_rows, record_lost_values, without_unread_times

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from provisioner.emulator.logs.dropped_rows import DropCounter
    from provisioner.emulator.state import EmulatorState
    from provisioner.emulator.store import StoredResource

FIELD_LIMIT = 65_536
"""Bytes of a text; longer ones are cut."""

PAST_LIMIT, FUTURE_LIMIT = 2 * 86_400, 86_400
"""Seconds that TimeGenerated may lie behind and before the time of receipt; AMD logs/log-standard-columns.md."""


@dataclass(frozen=True, slots=True)
class TransformedRows:
    """What the flows of a stream make of one call: rows under the keys of their tables, and the counts of metrics."""

    rows_by_table: list[tuple[str, list[dict[str, object]]]]
    counts: dict[str, int]


def ingest_rows(
    state: EmulatorState,
    rule: StoredResource,
    properties: dict[str, object],
    document: Sequence[object],
    drops: DropCounter,
) -> None:
    """Store what the flows of a stream make of the members of a body; count the metrics, and what is lost in `drops`.

    Raises ApiError 400 where an auxiliary table refuses the whole call.
    """
    received = state.clock.now()
    rows = transform_rows(state, rule, properties, document, drops, received)
    store_rows(state, rule, rows, drops.stream, received)


def transform_rows(
    state: EmulatorState,
    rule: StoredResource,
    properties: dict[str, object],
    document: Sequence[object],
    drops: DropCounter,
    received: float,
) -> TransformedRows:
    """The rows that the flows of a stream make of the members of a body; what is lost is counted in `drops`.

    Raises ApiError 400 where an auxiliary table refuses the whole call.
    """
    declared = stream_columns(properties, drops.stream)
    # Listed once: every flow reads them again.
    objects = list(_received_objects(document, declared, drops))
    flows = bound_flows(state, rule, properties, drops.stream)
    check_batch(flows, declared or {}, objects)
    if not flows:
        drops.add("NoFlow", "", "", len(document))
    times = (to_iso(received - PAST_LIMIT), to_iso(received), to_iso(received + FUTURE_LIMIT))
    lost, rows_by_table = 0, []
    for flow in flows:
        sent = without_unread_times(flow, objects, drops)
        rows = [row for row in _transform_rows(flow, sent, received, drops) if _fit_to_table(row, flow, times, drops)]
        if rows and (reason := _rejection_reason(state, flow)):
            drops.add(reason, "", flow.table, len(rows))
            rows = []
        rows_by_table.append((flow.key, rows))
        lost += max(len(document) - len(rows), 0)
    counts = {
        "RowsReceived_Count": len(document),
        "RowsDropped_Count": lost,
        "TransformationErrors_Count": drops.transform_failures(),
    }
    return TransformedRows(rows_by_table, counts)


def store_rows(state: EmulatorState, rule: StoredResource, rows: TransformedRows, stream: str, received: float) -> None:
    """Write the rows of a call and its counts."""
    # The transforms are done: the transaction holds all flows of a call or none, for no longer than it takes.
    with state.store.write():
        for key, table_rows in rows.rows_by_table:
            row_store.append_rows(state, key, table_rows, received)
        metric_points.record_counts(state, rule.id, stream, rows.counts, received)


def _rejection_reason(state: EmulatorState, flow: IngestionFlow) -> str | None:
    """Why the workspace of a flow takes no rows now; None where it does."""
    workspace = state.store.get(flow.workspace)
    if state.faults.happens("lost_rows", "POST", flow.key):
        return "LostOnRequest"
    if workspace is None:
        return "TableGone"
    if workspace.body["properties"]["publicNetworkAccessForIngestion"] != "Enabled":
        return "IngestionDisabled"
    return "OverQuota" if workspaces.is_over_quota(state, workspace) else None


def _received_objects(
    document: Sequence[object], declared: dict[str, str] | None, drops: DropCounter
) -> Iterator[dict[str, object]]:
    for member in document:
        if not isinstance(member, dict):
            drops.add("NotAnObject", short_json(member))
            continue
        if declared is not None:
            for name in member.keys() - declared.keys():
                drops.add("UndeclaredMember", name)
        yield member


def _transform_rows(
    flow: IngestionFlow, objects: Iterable[dict[str, object]], received: float, drops: DropCounter
) -> Iterator[dict[str, object]]:
    """The rows that a flow's transform produces; a row on which it fails is lost alone."""
    from provisioner import kql

    now = datetime.fromtimestamp(received, UTC)
    sent, notes = list(objects), dict[str, int]()
    try:
        produced = list(kql.evaluate(flow.query, sent, now=now, form="json", notes=notes))
    except Exception:  # noqa: BLE001 - raised again below, row by row, and recorded there
        produced = []
        for row in sent:
            try:
                produced += kql.evaluate(flow.query, [row], now=now, form="json")
            except Exception as error:  # noqa: BLE001 - the service loses the row without an error; we record why
                drops.add("TransformFailed", f"{type(error).__name__}: {error}"[:300], flow.table)
    # Records are looked at once more only where the run noted something: almost all calls hold the right types.
    if notes:
        record_lost_values(flow, sent, drops)
    if len(produced) < len(sent):
        drops.add("Filtered", "", flow.table, len(sent) - len(produced))
    yield from produced


def _fit_to_table(row: dict[str, object], flow: IngestionFlow, times: tuple[str, str, str], drops: DropCounter) -> bool:
    """Make a row fit its table, in place; whether it is stored. `times` are earliest, present and latest."""
    if not flow.key:
        drops.add("TableGone", "", flow.table)
        return False
    if flow.columns is not None:
        for name in row.keys() - flow.columns.keys():
            # Dropped in Azure too, with 204; AMD data-collection/data-collection-transformations-create.md.
            del row[name]
            is_standard = name in azure_facts.standard_columns()
            drops.add("ReservedColumn" if is_standard else "ColumnNotInTable", name, flow.table)
    if loses_all_rows(flow):
        drops.add("ColumnsDifferByCase", "", flow.table)
        return False
    for name, value in row.items():
        # A character has at most four bytes: most texts need not be encoded to know that they fit.
        if isinstance(value, str) and len(value) > FIELD_LIMIT // 4 and len(value.encode()) > FIELD_LIMIT:
            row[name] = value.encode()[:FIELD_LIMIT].decode(errors="ignore")
            drops.add("FieldCut", name, flow.table)
    earliest, present, latest = times
    time = row.get("TimeGenerated")
    # A record that does not say when it was gets the time of receipt, after the transform: inside of it the time is
    # null (AMD logs/data-ingestion-time.md; rows of a published connector that writes datetime(null)).
    if time is None:
        row["TimeGenerated"] = present
    # Texts in this form sort as their instants do.
    elif not isinstance(time, str) or not earliest <= time <= latest:
        drops.add("TimeGeneratedReplaced", str(time), flow.table)
        row["TimeGenerated"] = present
    return True
