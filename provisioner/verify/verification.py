"""Verify: test records sent, found again and compared; or, where none may be sent, everything else that can be seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from provisioner.model import Manifest
from provisioner.probes.arrival import Arrival, ColumnArrival, RowArrival, VerifyResult
from provisioner.probes.expected_row import ExpectedCell
from provisioner.probes.live_state import LiveState
from provisioner.probes.probe import FlowProbe
from provisioner.probes.timing import EMULATOR_TIMING, VerifyTiming
from provisioner.resources import Graph
from provisioner.resources.sender_outputs import Outputs, read_outputs
from provisioner.transform_tests.run import require_streams
from provisioner.transforms.bound_transforms import BoundTransforms
from provisioner.verify.arrival_monitor import ArrivalMonitor
from provisioner.verify.marker import MARKER_PREFIX, new_run_id
from provisioner.verify.plan_probes import ProbePlan, ProbePlanner
from provisioner.verify.read_only import check_without_sending
from provisioner.verify.row_lookup import RowLookup
from provisioner.verify.temporary_grant import temporary_grant
from provisioner.verify.verify_options import VERIFY_DEFAULTS, VerifyOptions

if TYPE_CHECKING:
    from provisioner.azure import Azure


def verify(
    manifest: Manifest,
    live: Graph,
    azure: Azure,
    options: VerifyOptions = VERIFY_DEFAULTS,
    *,
    outputs: Outputs | None = None,
    transforms: BoundTransforms | None = None,
) -> VerifyResult:
    """Prove that each column of each stream arrives, or say why not.

    `live` is what Azure holds, `outputs` what senders need of it, where that is known already. `transforms` are shared
    with others that bind the same manifest. Raises CloudError only for what stops the whole run, and ValueError for a
    stream that the manifest does not have.
    """
    require_streams(manifest.streams, options.streams)
    local = manifest.target.cloud == "local"
    transforms = transforms or BoundTransforms()
    live_state = LiveState(manifest, live, azure, transforms)
    if not (manifest.send if options.send is None else options.send):
        return check_without_sending(live_state, azure, options.streams)
    timing = _with_timeout(options.timing or (EMULATOR_TIMING if local else VerifyTiming()), options.timeout)
    outputs = outputs or read_outputs(manifest, live, azure.cloud.ingestion_audience)
    run_id, now = new_run_id(), dt.datetime.now(dt.UTC)
    planner = ProbePlanner(manifest, live, outputs, transforms, run_id, now, options.edge_cases)
    plan = planner.plan(options.streams)
    lookup = RowLookup(azure.query, live_state.workspace_customer_id(), run_id)
    with ExitStack() as stack:
        if local if options.grant_self is None else options.grant_self:
            dcrs = {probe.dcr.name for probe in plan.probes}
            grant = temporary_grant(azure, live_state, dcrs, keep=options.keep_grant, progress=options.progress)
            stack.enter_context(grant)
        ArrivalMonitor(live_state, azure.ingestion, lookup, timing, options.progress).run(plan.probes)
    return _result(manifest, run_id, plan)


def _result(manifest: Manifest, run_id: str, plan: ProbePlan) -> VerifyResult:
    """The arrivals of all flows, in the author's order, whether or not anything could be sent."""
    flows = [flow for probe in plan.probes for flow in probe.flows]
    arrivals = [*plan.unsendable, *(_arrival(flow) for flow in flows)]
    order = list(manifest.streams)
    arrivals.sort(key=lambda arrival: order.index(arrival.stream))
    exclude = _exclusions([flow for flow in flows if flow.probe.first_accepted_at])
    return VerifyResult(run_id, tuple(arrivals), exclude=tuple(exclude))


def _with_timeout(timing: VerifyTiming, timeout: float | None) -> VerifyTiming:
    if timeout is None:
        return timing
    # An arrival is waited for at most as long as usual, also within a longer limit for a grant to take effect.
    return replace(timing, send_budget=timeout, arrival_timeout=min(timeout, timing.arrival_timeout))


def _arrival(flow: FlowProbe) -> Arrival:
    probe, state = flow.probe, flow.state
    return Arrival(
        probe.stream.key,
        flow.table,
        probe.dcr.name,
        sent=len(flow.expected) if probe.first_accepted_at else 0,
        arrived=len(state.rows),
        ok=probe.send_error is None and state.diagnosis is None and flow.arrived,
        seconds=None if flow.latency is None else round(flow.latency, 3),
        rows=tuple(_row_arrival(flow, number) for number in flow.expected),
        diagnosis=state.diagnosis,
        unproven=_unproven_columns(flow),
        notes=tuple(dict.fromkeys(probe.notes)),
    )


def _row_arrival(flow: FlowProbe, number: int) -> RowArrival:
    row = flow.state.rows.get(number)
    columns = []
    for name, cell in flow.expected[number].items():
        arrived = None if row is None else row.get(name)
        ok = row is not None and flow.cell_matches(name, row, cell)
        columns.append(ColumnArrival(name, cell.json(), arrived, ok))
    return RowArrival(tuple(columns), arrived=row is not None)


def _unproven_columns(flow: FlowProbe) -> tuple[str, ...]:
    """Columns that are null in every expected row: whether a value would have arrived is not known."""
    rows = flow.expected.values()
    names = dict.fromkeys(name for row in rows for name in row)
    return tuple(name for name in names if all(_is_null(row.get(name)) for row in rows))


def _is_null(cell: ExpectedCell | None) -> bool:
    return cell is None or (cell.expectation == "value" and cell.value in (None, ""))


def _exclusions(flows: Sequence[FlowProbe]) -> Iterator[tuple[str, str]]:
    """For each table whose rows carry the marker: its name, and KQL that leaves test rows out."""
    for table in dict.fromkeys(flow.table for flow in flows):
        table_flows = [flow for flow in flows if flow.table == table]
        columns = sorted({column for flow in table_flows for column in flow.marker_columns})
        types = {name: type_ for flow in table_flows for name, type_ in flow.bound_flow.query.columns.items()}
        texts = [column if types[column] == "string" else f"tostring({column})" for column in columns]
        if texts:
            yield table, " ".join(f'| where not({text} hasprefix "{MARKER_PREFIX}")' for text in texts)
