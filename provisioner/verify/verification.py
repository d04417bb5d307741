"""Verify: test records sent, found again and compared; or, where none may be sent, everything else that can be seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from provisioner.model import Manifest
from provisioner.probes.arrival import Arrival, ColumnArrival, RowArrival, VerifyResult
from provisioner.probes.live_state import Scene
from provisioner.probes.probe import Leg
from provisioner.probes.timing import QUICK, Pace
from provisioner.progress import Progress, ignore_progress
from provisioner.resources import Graph
from provisioner.resources.sender_outputs import Outputs
from provisioner.resources.sender_outputs import outputs as outputs_of
from provisioner.transform_tests.run import require
from provisioner.transforms.transform_rows import Transforms
from provisioner.verify.arrival_monitor import Probe
from provisioner.verify.marker import PREFIX, new_run
from provisioner.verify.plan_probes import Archer
from provisioner.verify.row_lookup import Finder
from provisioner.verify.temporary_grant import permit

if TYPE_CHECKING:
    from provisioner.azure import Azure


def verify(
    manifest: Manifest,
    live: Graph | Any,
    azure: Azure,
    outputs: Outputs | None = None,
    *,
    streams: Sequence[str] = (),
    timeout: float | None = None,
    grant_self: bool | None = None,
    keep: bool = False,
    edge: bool = False,
    send: bool | None = None,
    pace: Pace | None = None,
    progress: Progress = ignore_progress,
) -> VerifyResult:
    """Prove that each column of each stream arrives, or say why not.

    `live` is the live graph (or what holds it as `.graph`). `timeout` bounds all waiting, in seconds. `grant_self`
    gives the running identity the publisher role for the run (default: under the emulator). `send` overrides the
    manifest's `verify.send`. Raises CloudError only for what stops the whole run, and ValueError for a stream that is
    not there.
    """
    require(manifest, streams)
    graph: Graph = getattr(live, "graph", live)
    local = manifest.target.cloud == "local"
    found = outputs or outputs_of(manifest, graph, azure.cloud.ingestion_audience)
    transforms = Transforms()
    scene = Scene(manifest, graph, azure, transforms)
    if not (manifest.send if send is None else send):
        from provisioner.verify.read_only import read

        return read(manifest, scene, azure, streams)
    speed = pace or (QUICK if local else Pace())
    if timeout is not None:
        speed = replace(speed, budget=timeout, arrival=min(timeout, speed.arrival))
    run = new_run()
    aim = Archer(manifest, graph, found, transforms, run, dt.datetime.now(dt.UTC), edge).aim(streams)
    finder = Finder(azure.query, workspace_id(scene), run)
    with ExitStack() as stack:
        if local if grant_self is None else grant_self:
            stack.enter_context(
                permit(azure, scene, {shot.dcr.name for shot in aim.shots}, keep=keep, progress=progress)
            )
        Probe(scene, azure.ingestion, finder, speed, progress).run(aim.shots)
    legs = [leg for shot in aim.shots for leg in shot.legs]
    arrivals = _in_order(manifest, [*aim.failed, *(_arrival(leg) for leg in legs)])
    return VerifyResult(run, arrivals, exclude=tuple(_exclude([leg for leg in legs if leg.shot.first_accepted])))


def workspace_id(scene: Scene) -> str:
    """The id by which the query API knows the workspace; empty where it tells none."""
    body = scene.live.get(("workspace", scene.manifest.workspace.name))
    known = (body.body.get("properties") or {}).get("customerId") if body else None
    if not known:
        known = ((scene.workspace() or {}).get("properties") or {}).get("customerId")
    return str(known or "")


def _arrival(leg: Leg) -> Arrival:
    rows = tuple(_row(leg, number) for number in leg.expected)
    good = leg.shot.error is None and leg.diagnosis is None and leg.arrived
    return Arrival(
        leg.shot.stream.key,
        leg.table,
        leg.shot.dcr.name,
        sent=len(leg.expected) if leg.shot.first_accepted else 0,
        arrived=len(leg.found),
        ok=good,
        seconds=None if leg.latency is None else round(leg.latency, 3),
        rows=rows,
        diagnosis=leg.diagnosis,
        unproven=_unproven(leg),
        notes=tuple(dict.fromkeys(leg.shot.notes)),
    )


def _row(leg: Leg, number: int) -> RowArrival:
    row = leg.found.get(number)
    return RowArrival(
        tuple(
            ColumnArrival(
                name,
                cell.json(),
                None if row is None else row.get(name),
                row is not None and leg.holds(name, row, cell),
            )
            for name, cell in leg.expected[number].items()
        ),
        there=row is not None,
    )


def _unproven(leg: Leg) -> tuple[str, ...]:
    """Columns that held null in every row: nobody can tell whether a value would have arrived."""
    names = dict.fromkeys(name for cells in leg.expected.values() for name in cells)
    empty = (name for name in names if all(_nothing(cells.get(name)) for cells in leg.expected.values()))
    return tuple(empty)


def _nothing(cell: Any) -> bool:
    return cell is None or (cell.kind == "value" and cell.value in (None, ""))


def _in_order(manifest: Manifest, arrivals: Sequence[Arrival]) -> tuple[Arrival, ...]:
    order = list(manifest.streams)
    return tuple(sorted(arrivals, key=lambda each: order.index(each.stream)))


def _exclude(legs: Sequence[Leg]) -> Iterator[tuple[str, str]]:
    """KQL that leaves test rows out, for each table whose rows carry the marker."""
    for table in dict.fromkeys(leg.table for leg in legs):
        columns = sorted({column for leg in legs if leg.table == table for column in leg.columns})
        types = {name: type_ for leg in legs if leg.table == table for name, type_ in leg.lane.query.columns.items()}
        texts = [column if types[column] == "string" else f"tostring({column})" for column in columns]
        if texts:
            yield table, " ".join(f'| where not({text} hasprefix "{PREFIX}")' for text in texts)
