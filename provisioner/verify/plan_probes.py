"""What is to be sent where: shots at every stream of every DCR, with the rows that must come of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provisioner.model import Columns, Dcr, Manifest, Stream
from provisioner.probes.arrival import Arrival, Diagnosis
from provisioner.probes.bound_flow import Lane, lanes
from provisioner.probes.expected_row import Cells
from provisioner.probes.live_state import plan_of, table_columns
from provisioner.probes.probe import Leg, Shot
from provisioner.resources import Graph
from provisioner.resources.sender_outputs import Outputs
from provisioner.text import plural
from provisioner.transforms.transform_rows import Transforms, rows
from provisioner.verify.marker import Marked, Site, mark
from provisioner.verify.sample_records import Samples, samples


@dataclass(slots=True)
class Aim:
    """Shots to be made, and what cannot even be tried."""

    shots: list[Shot] = field(default_factory=list)
    failed: list[Arrival] = field(default_factory=list)


@dataclass(slots=True)
class Archer:
    """Makes shots; `run` marks the records, `now` is the clock by which rows are foretold."""

    manifest: Manifest
    live: Graph
    outputs: Outputs
    transforms: Transforms
    run: str
    now: dt.datetime
    edge: bool = False
    _next: int = 0

    def aim(self, streams: Sequence[str] = ()) -> Aim:
        """Everything that is to be sent for these streams (all where none is named)."""
        found = Aim()
        columns = {each.name: table_columns(each.body) for each in self.live.of("table")}
        for key, stream in self.manifest.streams.items():
            if streams and key not in streams:
                continue
            for dcr in self.manifest.dcrs_of(key):
                self._stream(found, stream, dcr, columns)
        return found

    def _stream(self, found: Aim, stream: Stream, dcr: Dcr, columns: Mapping[str, Columns]) -> None:
        way = self.outputs.dcrs.get(dcr.name)
        if way is None:
            found.failed.extend(_unsent(stream, dcr, self._no_way(dcr)))
            return
        ways = lanes(self.manifest, stream, self.transforms, columns)
        if len(ways) < len(stream.flows):
            found.failed.extend(_unsent(stream, dcr, _BROKEN, without=[lane.flow.table for lane in ways]))
        chosen = samples(stream, ways, self.now, edge=self.edge)
        if not chosen.records:
            tables = [lane.flow.table for lane in ways]
            found.failed.extend(_unsent(stream, dcr, _NOTHING, only=tables))
            return
        shot = Shot(stream, dcr, way.endpoint, way.immutable_id, [], self._next, self.now)
        marked = list(self._marked(chosen, stream, ways))
        shot.records.extend(each.record for each in marked)
        shot.notes.extend(_notes(chosen, stream, ways, self.now))
        for lane in ways:
            leg = self._leg(shot, lane, marked, stream)
            if leg is None:
                found.failed.extend(_unsent(stream, dcr, _NOTHING, only=[lane.flow.table]))
            else:
                shot.legs.append(leg)
        found.shots.append(shot)

    def _marked(self, chosen: Samples, stream: Stream, ways: Sequence[Lane]) -> Iterator[Marked]:
        first = self._next
        tries = [self._alike(chosen.records, stream, ways, ())]
        # One column for all is easier to look for and to leave out, so each record's own way is tried for the others.
        ways_found = dict.fromkeys(each.sites for each in tries[0])
        for sites in ways_found if len(ways_found) > 1 else ():
            self._next = first
            tries.append(self._alike(chosen.records, stream, ways, sites))
        best = min(tries, key=lambda marked: len({tuple(each.columns.items()) for each in marked}))
        yield from best
        for record in chosen.edges:
            reached = {lane.flow.table for lane in ways if lane.row(record, self.now) is not None}
            marked = self._mark(record, stream, ways, best[0].sites)
            if marked.columns.keys() == reached:  # one that carries no marker would spoil the search for the rest
                yield marked
            else:
                self._next -= 1

    def _alike(
        self, records: Sequence[Mapping[str, Any]], stream: Stream, ways: Sequence[Lane], first: Sequence[Site]
    ) -> list[Marked]:
        return [self._mark(record, stream, ways, first) for record in records]

    def _mark(self, record: Mapping[str, Any], stream: Stream, ways: Sequence[Lane], alike: Sequence[Site]) -> Marked:
        self._next += 1
        return mark(record, stream.columns, ways, f"{self.run}-{self._next - 1}", self.now, first=alike)

    def _leg(self, shot: Shot, lane: Lane, marked: Sequence[Marked], stream: Stream) -> Leg | None:
        """The rows of one table; None where none of the records reaches it."""
        cells = {shot.first + n: lane.cells(each.record, self.now) for n, each in enumerate(marked)}
        expected: dict[int, Cells] = {number: each for number, each in cells.items() if each is not None}
        if not expected:
            return None
        table = lane.flow.table
        carried = [marked[number - shot.first].columns.get(table) for number in expected]
        columns = frozenset(each for each in carried if each)
        if len([each for each in carried if each]) < len(carried):
            # One unmarked row among marked ones would be looked for by its marker in vain.
            columns = frozenset()
            shot.notes.append(f"no text of {stream.key} comes out in {table}: its rows are known by time and values")
        live = self.live.get(("table", table))
        if live is not None and columns and not columns & table_columns(live.body).keys():
            columns = frozenset()
        return Leg(shot, lane, expected, columns, plan_of(live.body if live else None))

    def _no_way(self, dcr: Dcr) -> Diagnosis:
        if ("dcr", dcr.name) not in self.live:
            return Diagnosis("rule-missing", f"the rule {dcr.name} is not there", (), "run `apply`")
        return Diagnosis(
            "endpoint-missing",
            f"the rule {dcr.name} has no endpoint that takes records",
            (f"the manifest wants its endpoint {dcr.endpoint}",),
            "run `plan`: a rule made without `kind: Direct` never gets an endpoint of its own and is made anew",
        )


_BROKEN = Diagnosis("transform-errors", "the transform has errors, so nothing can be foretold", (), "run `validate`")
_NOTHING = Diagnosis(
    "no-record",
    "no record that the transform lets through is known, so nothing was sent",
    (
        "the author's records, and made ones with the values that the transform compares with, are filtered",
        "or it gives them no TimeGenerated: Azure drops such rows in silence",
    ),
    "give the stream `samples` or a test whose record reaches the table",
)


def _notes(chosen: Samples, stream: Stream, ways: Sequence[Lane], now: dt.datetime) -> Iterator[str]:
    if chosen.filtered:
        yield f"not sent, since no row would come of it: {plural(chosen.filtered, 'record')} of tests or samples"
    if chosen.origin == "made":
        yield "no tests or samples: the records are made from the columns"
    undeclared = dict.fromkeys(name for each in chosen.records for name in each if name not in stream.columns)
    if undeclared and stream.columns:
        yield f"the stream does not declare {', '.join(undeclared)}: Azure drops them in silence"
    told: dict[str, int] = {}
    for lane in ways:
        rows(lane.query, chosen.records, now, told)
    yield from told


def _unsent(
    stream: Stream, dcr: Dcr, cause: Diagnosis, *, only: Sequence[str] | None = None, without: Sequence[str] = ()
) -> Iterator[Arrival]:
    for flow in stream.flows:
        if flow.table not in without and (only is None or flow.table in only):
            yield Arrival(stream.key, flow.table, dcr.name, 0, 0, ok=False, diagnosis=cause)
