"""Plan, apply and drift at scale against the emulator with 50 ms of latency: `python -m tests.bench.plan`.

A report, not a test: figures of one run on this machine, side by side. Terraform with azapi, measured elsewhere against
the same kind of server: 500 tables and 100 rules planned in 603 requests, 44.7 s of wall time, 72 s of CPU.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from provisioner import azure, live
from provisioner import plan as planned
from provisioner.apply.executor import apply
from provisioner.emulator import lifecycle
from provisioner.emulator.testing import AzureMonitor
from provisioner.model import Columns, Dcr, Endpoint, Flow, Manifest, Stream, Table, Target, Workspace
from provisioner.resources.expand import expand

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


def main() -> None:
    """Run everything and print the report."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--latency", type=float, default=50.0, help="milliseconds added to each request")
    options.add_argument("--large", action="store_true", help="also 2,000 tables, for the memory")
    chosen = options.parse_args()
    state = Path(tempfile.mkdtemp(prefix="bench-"))
    monitor = AzureMonitor(lifecycle.ensure(state))
    try:
        print(f"latency {chosen.latency:.0f} ms, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        _plan(monitor, chosen.latency)
        _apply(monitor, chosen.latency)
        _drift(monitor, chosen.latency)
        if chosen.large:
            _large(monitor)
    finally:
        lifecycle.stop(state)


def _target(monitor: AzureMonitor, group: str = "rg-bench") -> Target:
    return Target("local", monitor.subscription, group, "westeurope")


def _made(cloud: azure.Azure, wanted: Manifest) -> planned.Plan:
    desired = expand(wanted, cloud.identity.object_id)
    return planned.plan(desired, live.read(cloud, desired, owner=wanted.owner), principal=cloud.identity.object_id)


def _plan(monitor: AzureMonitor, latency: float) -> None:
    for tables, rules in ((500, 100), (50, 10)):
        monitor.reset()
        wanted = manifest(_target(monitor), tables, rules)
        with azure.connect_local(wanted.target, monitor.ready, concurrency=16) as cloud:
            apply(_made(cloud, wanted), cloud, parallelism=16)
        monitor.fault("latency", milliseconds=latency)
        with _timed() as taken, azure.connect_local(wanted.target, monitor.ready) as cloud:
            made = _made(cloud, wanted)
        assert made.empty
        requests = cloud.requests.snapshot()
        print(f"plan of {tables} tables + {rules} DCRs + 1 DCE: {requests['reads']} requests, {taken}")
        monitor.heal()


def _apply(monitor: AzureMonitor, latency: float) -> None:
    """The floor: group, then workspace and endpoint, then tables, then rules, at the parallelism used."""
    monitor.reset()
    monitor.fault("latency", milliseconds=latency)
    wanted, parallelism = manifest(_target(monitor), 50, 10), 10
    with azure.connect_local(wanted.target, monitor.ready) as cloud:
        made = _made(cloud, wanted)
        before = cloud.requests.snapshot()
        with _timed() as taken:
            outcomes = apply(made, cloud, parallelism=parallelism)
        after = cloud.requests.snapshot()
        assert {each.state for each in outcomes} == {"applied"}
        # PUT of the group; PUT, poll and GET of the workspace; five turns of PUT, poll and GET of tables; one of rules.
        trips = 1 + 3 + 5 * 3 + 1
        floor = trips * latency / 1000
        used = {kind: after[kind] - before[kind] for kind in after}
        print(
            f"apply of 50 tables + 10 DCRs: {used}, {taken}; floor {floor:.2f} s, {taken.wall / floor:.2f} times that"
        )
        second = _made(cloud, wanted)
        print(f"second apply: {len(apply(second, cloud))} writes")
    monitor.heal()


def _drift(monitor: AzureMonitor, latency: float) -> None:
    monitor.reset()
    groups = [f"rg-{number}" for number in range(20)]
    for group in groups:
        wanted = manifest(_target(monitor, group), 5, 2)
        with azure.connect_local(wanted.target, monitor.ready) as cloud:
            apply(_made(cloud, wanted), cloud)
    monitor.fault("latency", milliseconds=latency)

    def one(group: str) -> bool:
        wanted = manifest(_target(monitor, group), 5, 2)
        with azure.connect_local(wanted.target, monitor.ready) as cloud:
            return planned.drift(_made(cloud, wanted), wanted).drifted

    with _timed() as taken, ThreadPoolExecutor(8) as pool:
        drifted = list(pool.map(one, groups))
    assert not any(drifted)
    print(f"drift of {len(groups)} environments: {taken}")
    monitor.heal()


def _large(monitor: AzureMonitor) -> None:
    monitor.reset()
    wanted = manifest(_target(monitor), 2000, 10)
    with azure.connect_local(wanted.target, monitor.ready) as cloud:
        apply(_made(cloud, wanted), cloud, parallelism=16)
        with _timed() as taken:
            assert _made(cloud, wanted).empty
    print(f"plan of 2,000 tables: {taken}; memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


class _Taken:
    wall = cpu = 0.0

    def __str__(self) -> str:
        return f"{self.wall:.2f} s wall, {self.cpu:.2f} s CPU"


@contextmanager
def _timed():
    taken, wall, cpu = _Taken(), time.perf_counter(), time.process_time()
    yield taken
    taken.wall, taken.cpu = time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    main()
