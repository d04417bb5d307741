"""Plan, apply and drift at scale against the emulator with 50 ms of latency; terraform's figures are of another run."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from provisioner import azure, live
from provisioner import plan as planned
from provisioner.apply.apply_options import ApplyOptions
from provisioner.apply.execution import apply
from provisioner.emulator import lifecycle
from provisioner.emulator.testing import AzureMonitor
from provisioner.live import LiveResources
from provisioner.model import Columns, Dcr, Endpoint, Flow, Manifest, Stream, Table, Target, Workspace
from provisioner.plan.effects.plan_effects import with_row_effects
from provisioner.reports.format_registry import FORMATS
from provisioner.resources import Graph
from provisioner.resources.expand import expand_manifest
from provisioner.transforms.bound_transforms import BoundTransforms

TITLE = "plan, apply, drift"
LATENCY = 50.0
"""Milliseconds that the emulator adds to each request."""
COLUMNS = Columns({"TimeGenerated": "datetime", "Id": "string", "Amount": "real", "Note": "string", "Body": "dynamic"})


def manifest(target: Target, tables: int, rules: int) -> Manifest:
    """So many tables, and so many rules with a stream each."""
    names = [f"Table{number:04}_CL" for number in range(tables)]
    streams = {
        f"Custom-S{n}": Stream(f"Custom-S{n}", f"Custom-S{n}", COLUMNS, (Flow(names[n % tables]),))
        for n in range(rules)
    }
    return Manifest(
        "bench",
        target,
        Workspace("law-bench", "westeurope"),
        endpoint=Endpoint("dce-bench", "westeurope"),
        tables={name: Table(name, COLUMNS) for name in names},
        streams=streams,
        dcrs={f"dcr-{n}": Dcr(f"dcr-{n}", (f"Custom-S{n}",), "shared") for n in range(rules)},
    )


def run() -> Iterator[tuple[str, ...]]:
    """Rows of the report: what, requests, wall, CPU, and what to hold it against."""
    state = Path(tempfile.mkdtemp(prefix="bench-"))
    monitor = AzureMonitor(lifecycle.ensure_running(state))
    try:
        yield ("what", "requests", "wall", "CPU", "beside")
        yield from _plan(monitor)
        yield from _apply(monitor)
        yield _drift(monitor)
        yield _large(monitor)
        yield from _row_effects()
    finally:
        lifecycle.stop(state)


def _target(monitor: AzureMonitor, group: str = "rg-bench") -> Target:
    return Target("local", monitor.subscription, group, "westeurope")


def _new_plan(cloud: azure.Azure, desired_manifest: Manifest) -> planned.Plan:
    desired = expand_manifest(desired_manifest, cloud.identity.object_id)
    return planned.build_plan(
        desired, live.read_live(cloud, desired, owner=desired_manifest.owner), principal=cloud.identity.object_id
    )


def _plan(monitor: AzureMonitor) -> Iterator[tuple[str, ...]]:
    for tables, rules, beside in (
        (500, 100, "terraform with azapi: 603 requests, 44.7 s, 72 s CPU"),
        (50, 10, "terraform with azapi: 63 requests, 6.2 s"),
    ):
        monitor.reset()
        desired_manifest = manifest(_target(monitor), tables, rules)
        with azure.connect_local(desired_manifest.target, monitor.ready, concurrency=16) as cloud:
            apply(_new_plan(cloud, desired_manifest), cloud, ApplyOptions(parallelism=16))
        monitor.inject_fault("latency", milliseconds=LATENCY)
        with _timed() as taken, azure.connect_local(desired_manifest.target, monitor.ready) as cloud:
            new_plan = _new_plan(cloud, desired_manifest)
        assert new_plan.empty
        yield (f"plan of {tables} tables + {rules} DCRs", str(cloud.requests.reads), *taken.cells(), beside)
        monitor.clear_faults()


def _apply(monitor: AzureMonitor) -> Iterator[tuple[str, ...]]:
    """The floor: group, then workspace and endpoint, then tables, then rules, at the parallelism used."""
    monitor.reset()
    monitor.inject_fault("latency", milliseconds=LATENCY)
    desired_manifest, parallelism = manifest(_target(monitor), 50, 10), 10
    with azure.connect_local(desired_manifest.target, monitor.ready) as cloud:
        new_plan = _new_plan(cloud, desired_manifest)
        before = cloud.requests.snapshot()
        with _timed() as taken:
            outcomes = apply(new_plan, cloud, ApplyOptions(parallelism=parallelism))
        after = cloud.requests.snapshot()
        assert {outcome.state for outcome in outcomes} == {"applied"}
        # PUT of the group; PUT, poll and GET of the workspace; five turns of PUT, poll and GET of tables; one of rules.
        trips = 1 + 3 + 5 * 3 + 1
        floor = trips * LATENCY / 1000
        used = sum(after.values()) - sum(before.values())
        beside = f"floor {floor:.2f} s, {taken.wall / floor:.2f} times that; terraform with azapi: 185 requests, 7.3 s"
        yield ("apply of 50 tables + 10 DCRs", str(used), *taken.cells(), beside)
        before = cloud.requests.snapshot()
        with _timed() as taken:
            apply(_new_plan(cloud, desired_manifest), cloud)
        after = cloud.requests.snapshot()
        used = sum(after.values()) - sum(before.values())
        yield ("the same again", str(used), *taken.cells(), f"{after['writes'] - before['writes']} writes")
    monitor.clear_faults()


def _drift(monitor: AzureMonitor) -> tuple[str, ...]:
    monitor.reset()
    groups = [f"rg-{number}" for number in range(20)]
    for group in groups:
        desired_manifest = manifest(_target(monitor, group), 5, 2)
        with azure.connect_local(desired_manifest.target, monitor.ready) as cloud:
            apply(_new_plan(cloud, desired_manifest), cloud)
    monitor.inject_fault("latency", milliseconds=LATENCY)

    def has_drifted(group: str) -> bool:
        desired_manifest = manifest(_target(monitor, group), 5, 2)
        with azure.connect_local(desired_manifest.target, monitor.ready) as cloud:
            return planned.find_drift(_new_plan(cloud, desired_manifest), desired_manifest).drifted

    with _timed() as taken, ThreadPoolExecutor(8) as pool:
        drifted = list(pool.map(has_drifted, groups))
    assert not any(drifted)
    monitor.clear_faults()
    return (f"drift of {len(groups)} environments", "100", *taken.cells(), "")


def _large(monitor: AzureMonitor) -> tuple[str, ...]:
    monitor.reset()
    desired_manifest = manifest(_target(monitor), 2000, 10)
    with azure.connect_local(desired_manifest.target, monitor.ready) as cloud:
        apply(_new_plan(cloud, desired_manifest), cloud, ApplyOptions(parallelism=16))
        with _timed() as taken:
            assert _new_plan(cloud, desired_manifest).empty
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return ("plan of 2,000 tables, no latency", "5", *taken.cells(), f"{memory:.0f} MB at most in this process")


class _Taken:
    wall = cpu = 0.0

    def cells(self) -> tuple[str, str]:
        return f"{self.wall:.2f} s", f"{self.cpu:.2f} s"


@contextmanager
def _timed():
    taken, wall, cpu = _Taken(), time.perf_counter(), time.process_time()
    yield taken
    taken.wall, taken.cpu = time.perf_counter() - wall, time.process_time() - cpu


def _row_effects() -> Iterator[tuple[str, ...]]:
    """What the rows of changed flows add to a plan: with 20 samples each, and where no transform changes."""
    target = Target("local", "00000000-0000-0000-0000-000000000001", "rg-bench", "westeurope")
    before = _sampled(manifest(target, 100, 100), "source | project TimeGenerated, Id, Amount, Note, Body")
    after = _sampled(before, "source | where Amount > 3 | extend Note = toupper(Note), Amount = Amount * 2")
    live, project = expand_manifest(before), expand_manifest(after)
    bodies = [replace(resource, body=live.resolved_body(resource)) for resource in live]
    for desired, declared, name in ((project, after, "100 changed flows"), (live, before, "no changed flow")):
        plan = planned.build_plan(desired, LiveResources(Graph(bodies)))
        with _timed() as taken:
            effects = with_row_effects(plan, declared, BoundTransforms())
        with _timed() as shown:
            FORMATS["plan"]["text"](effects)
        rows = sum(len(effect.rows) for change in effects.changes for effect in change.flow_effects)
        yield (f"row effects, {name}", "0", *taken.cells(), f"{rows} rows differ; as text {shown.wall:.2f} s")


def _sampled(one: Manifest, transform: str) -> Manifest:
    """The manifest with a transform in each stream, told apart by a comment of its own, and 20 samples."""
    samples = tuple(
        {"TimeGenerated": "2026-01-01T00:00:00Z", "Id": f"A{n}", "Amount": n, "Note": f"note {n}", "Body": {"n": n}}
        for n in range(20)
    )
    streams = {
        key: replace(
            stream, flows=(Flow(stream.flows[0].table, f"{transform} | where Id != '{key}'", True),), samples=samples
        )
        for key, stream in one.streams.items()
    }
    return replace(one, streams=streams)
