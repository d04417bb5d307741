"""What is to be sent where: a probe for every stream of every DCR, with the rows that must come of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from provisioner.model import Columns, Dcr, Manifest, Stream
from provisioner.probes.arrival import Arrival, Diagnosis
from provisioner.probes.bound_flow import BoundFlow, bind_flows
from provisioner.probes.live_bodies import table_plan
from provisioner.probes.probe import FlowProbe, Probe
from provisioner.resources import Graph
from provisioner.resources.sender_outputs import Outputs
from provisioner.resources.table_resource import all_table_columns
from provisioner.text import plural
from provisioner.transforms.bound_transforms import BoundTransforms
from provisioner.transforms.transform_rows import transform_rows
from provisioner.verify.batch_times import fit_batch_times, limits_batch_times
from provisioner.verify.marker import MarkedRecord, MarkerSite, mark_record
from provisioner.verify.sample_records import SampleRecords, choose_records, explain_refusal


@dataclass(slots=True)
class ProbePlan:
    """The probes to send, and a failed arrival for each flow to which nothing can be sent."""

    probes: list[Probe] = field(default_factory=list)
    unsendable: list[Arrival] = field(default_factory=list)


@dataclass(slots=True)
class ProbePlanner:
    """Makes probes; `run_id` marks their records, `now` is the clock by which their rows are computed.

    `edge_cases`: records at the edges of each type are sent as well.
    """

    manifest: Manifest
    live: Graph
    outputs: Outputs
    transforms: BoundTransforms
    run_id: str
    now: dt.datetime
    edge_cases: bool = False
    _next_number: int = 0

    def plan(self, streams: Sequence[str] = ()) -> ProbePlan:
        """Probes for the streams with these keys, all where none is named."""
        plan = ProbePlan()
        live_columns = {table.name: all_table_columns(table.body) for table in self.live.of_type("table")}
        for key, stream in self.manifest.streams.items():
            if not streams or key in streams:
                for dcr in self.manifest.dcrs_of(key):
                    self._plan_stream(plan, stream, dcr, live_columns)
        return plan

    def _plan_stream(self, plan: ProbePlan, stream: Stream, dcr: Dcr, live_columns: Mapping[str, Columns]) -> None:
        outputs = self.outputs.dcrs.get(dcr.name)
        if outputs is None:
            plan.unsendable.extend(_unsendable(stream, dcr, self._why_no_endpoint(dcr)))
            return
        flows = bind_flows(self.manifest, stream, self.transforms, live_columns)
        tables = [flow.table for flow in flows]
        if len(flows) < len(stream.flows):
            plan.unsendable.extend(_unsendable(stream, dcr, _TRANSFORM_ERRORS, without=tables))
        # A flow with errors does not keep the stream's other tables from being proved.
        samples = choose_records(stream, flows, self.now, edge_cases=self.edge_cases)
        if not samples.records:
            for flow in flows:
                plan.unsendable.extend(_unsendable(stream, dcr, self._no_record(stream, flow), only=[flow.table]))
            return
        samples, time_note = self._fit_batch_times(samples, flows)
        probe = Probe(stream, dcr, outputs.endpoint, outputs.immutable_id, [], self._next_number, self.now)
        marked = list(self._mark_all(samples, stream, flows))
        probe.records.extend(marked_record.record for marked_record in marked)
        probe.notes.extend([*([time_note] if time_note else []), *_notes(samples, stream, flows, self.now)])
        for flow in flows:
            flow_probe = self._flow_probe(probe, flow, marked)
            if flow_probe is None:
                plan.unsendable.extend(_unsendable(stream, dcr, self._no_record(stream, flow), only=[flow.table]))
            else:
                probe.flows.append(flow_probe)
        plan.probes.append(probe)

    def _no_record(self, stream: Stream, flow: BoundFlow) -> Diagnosis:
        """Why no record of the stream reaches a table: the condition that dropped what was tried, and what it reads."""
        refusal = explain_refusal(stream, flow, self.now)
        if refusal is None:
            return _NO_RECORD
        condition, reads = refusal
        evidence = f"the condition `{condition}` dropped every record that was tried"
        wanted_members = f"; it reads {', '.join(reads)}" if reads else "; it reads nothing of the record"
        return replace(_NO_RECORD, evidence=(*_NO_RECORD.evidence, evidence + wanted_members))

    def _fit_batch_times(self, samples: SampleRecords, flows: Sequence[BoundFlow]) -> tuple[SampleRecords, str | None]:
        """The records with times that the plans of the tables take, and a note where they were moved."""
        if any(limits_batch_times(flow, self._live_plan(flow.table)) for flow in flows):
            return fit_batch_times(samples, self.now)
        return samples, None

    def _live_plan(self, table: str) -> str:
        live = self.live.get(("table", table))
        return table_plan(live.body if live else None)

    def _mark_all(self, samples: SampleRecords, stream: Stream, flows: Sequence[BoundFlow]) -> Iterator[MarkedRecord]:
        first_number = self._next_number
        attempts = [self._mark_alike(samples.records, stream, flows, ())]
        # One marker column for all records makes one short query, and one filter to leave test rows out. So the sites
        # that were found for one record are tried for all of them, and the attempt with the fewest columns is taken.
        distinct_sites = dict.fromkeys(marked.sites for marked in attempts[0])
        for sites in distinct_sites if len(distinct_sites) > 1 else ():
            self._next_number = first_number
            attempts.append(self._mark_alike(samples.records, stream, flows, sites))
        best = min(attempts, key=lambda attempt: len({tuple(marked.columns.items()) for marked in attempt}))
        yield from best
        for record in samples.edge_cases:
            reached = {flow.table for flow in flows if flow.stored_row(record, self.now) is not None}
            marked = self._mark(record, stream, flows, best[0].sites)
            # An edge case without a marker would force a search by values on all the others: it is left out.
            if marked.columns.keys() == reached:
                yield marked
            else:
                self._next_number -= 1

    def _mark_alike(
        self,
        records: Sequence[Mapping[str, Any]],
        stream: Stream,
        flows: Sequence[BoundFlow],
        sites: Sequence[MarkerSite],
    ) -> list[MarkedRecord]:
        return [self._mark(record, stream, flows, sites) for record in records]

    def _mark(
        self, record: Mapping[str, Any], stream: Stream, flows: Sequence[BoundFlow], sites: Sequence[MarkerSite]
    ) -> MarkedRecord:
        marker = f"{self.run_id}-{self._next_number}"
        self._next_number += 1
        return mark_record(record, stream.columns, flows, marker, self.now, preferred_sites=sites)

    def _flow_probe(self, probe: Probe, flow: BoundFlow, marked: Sequence[MarkedRecord]) -> FlowProbe | None:
        """The rows of one table; None where none of the records reaches it."""
        rows = {probe.first_number + n: flow.expected_row(one.record, self.now) for n, one in enumerate(marked)}
        expected = {number: row for number, row in rows.items() if row is not None}
        if not expected:
            return None
        marker_columns = [marked[number - probe.first_number].columns.get(flow.table) for number in expected]
        columns = frozenset(column for column in marker_columns if column)
        # A row without a marker is never found by one, so all of the table are looked for by time and values then.
        if not all(marker_columns):
            columns = frozenset()
            note = f"no text of {probe.stream.key} comes out in {flow.table}: its rows are known by time and values"
            probe.notes.append(note)
        live = self.live.get(("table", flow.table))
        # Azure drops the marker where the live table does not have its column.
        if live is not None and columns and not columns & all_table_columns(live.body).keys():
            columns = frozenset()
        return FlowProbe(probe, flow, expected, columns, self._live_plan(flow.table))

    def _why_no_endpoint(self, dcr: Dcr) -> Diagnosis:
        if ("dcr", dcr.name) not in self.live:
            return Diagnosis("rule-missing", f"the rule {dcr.name} is not there", (), "run `apply`")
        return Diagnosis(
            "endpoint-missing",
            f"the rule {dcr.name} has no endpoint that takes records",
            (f"the manifest wants its endpoint {dcr.endpoint}",),
            "run `plan`: a rule made without `kind: Direct` never gets an endpoint of its own and is replaced",
        )


_TRANSFORM_ERRORS = Diagnosis(
    "transform-errors", "the transform has errors, so the rows to expect cannot be computed", (), "run `validate`"
)
_NO_RECORD = Diagnosis(
    "no-record",
    "no record that the transform lets through is known, so nothing was sent",
    ("the author's records, and made ones with the values that the transform compares with, are filtered",),
    "give the stream `samples` or a test whose record reaches the table",
)


def _notes(samples: SampleRecords, stream: Stream, flows: Sequence[BoundFlow], now: dt.datetime) -> Iterator[str]:
    if samples.filtered:
        yield f"not sent, since no row would come of it: {plural(samples.filtered, 'record')} of tests or samples"
    if samples.origin == "synthetic":
        yield "no tests or samples: the records are made from the columns"
    undeclared = dict.fromkeys(name for record in samples.records for name in record if name not in stream.columns)
    if undeclared and stream.columns:
        yield f"the stream does not declare {', '.join(undeclared)}: Azure drops them without an error"
    conversion_notes: dict[str, int] = {}
    for flow in flows:
        transform_rows(flow.query, samples.records, now, conversion_notes)
    yield from conversion_notes


def _unsendable(
    stream: Stream, dcr: Dcr, cause: Diagnosis, *, only: Sequence[str] | None = None, without: Sequence[str] = ()
) -> Iterator[Arrival]:
    """A failed arrival for each flow of the stream: into these tables `only`, or into all `without` those."""
    for flow in stream.flows:
        if flow.table not in without and (only is None or flow.table in only):
            yield Arrival(stream.key, flow.table, dcr.name, 0, 0, ok=False, diagnosis=cause)
