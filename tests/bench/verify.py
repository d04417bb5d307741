"""Verify of 100 streams on an emulator without delays, and 1,000 transform tests."""

from __future__ import annotations

import gc
import tempfile
import time
from pathlib import Path

from provisioner.emulator import lifecycle
from provisioner.model import Columns, Flow, Manifest, Stream, Target, TransformTest, Workspace
from provisioner.transform_tests import run_transform_tests

TITLE = "Verify and test"
STREAMS = 100
TESTS = 1000
NOW = "2026-01-01T10:00:00Z"


def run() -> list[tuple[str, ...]]:
    """Rows: what, seconds, goal."""
    rows = [("what", "seconds", "goal")]
    for distinct in (1, 100, TESTS):
        seconds = best(lambda n=distinct: run_transform_tests(tested(n)))
        rows.append((f"{TESTS} transform tests, {distinct} distinct transform(s)", f"{seconds:.2f}", "3 s"))
    for what, seconds in verified():
        rows.append((what, f"{seconds:.2f}", "5 s"))
    return rows


def best(work, runs: int = 3) -> float:
    """The least wall seconds of some runs."""
    times = []
    for _ in range(runs):
        gc.collect()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def tested(distinct: int) -> Manifest:
    """A manifest with 1,000 tests over so many transforms."""
    columns = Columns({"time": "datetime", "message": "string", "level": "int", "body": "dynamic"})
    streams = {}
    for number in range(distinct):
        transform = (
            f"source | where level >= {number % 5} | extend parts = split(message, ' ') "
            f"| project TimeGenerated = time, Message = strcat('{number}:', message), Level = level, "
            "User = tostring(body.user.name), Words = array_length(parts), First = tostring(parts[0])"
        )
        tests = tuple(
            TransformTest(
                f"test {n}",
                (
                    {
                        "time": "2026-01-01T10:00:00Z",
                        "message": f"hello {n}",
                        "level": 7,
                        "body": {"user": {"name": "x"}},
                    },
                ),
                {"T_CL": ({"Message": f"{number}:hello {n}", "User": "x", "Words": 2},)},
            )
            for n in range(TESTS // distinct)
        )
        key = f"Custom-S{number}"
        streams[key] = Stream(key, key, columns, (Flow("T_CL", transform, written=True),), tests=tests)
    target = Target("local", "s", "rg", "westeurope")
    return Manifest("bench", target, Workspace("law", "westeurope"), streams=streams)


def verified() -> list[tuple[str, float]]:
    """Seconds for 100 streams into 100 tables of one environment, the first time and again."""
    from provisioner.project import Project

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "provisioner.yaml"
        file.write_text(manifest())
        project = Project.load(file, environment="local")
        try:
            with project.connect() as azure:
                project.apply(project.plan(azure), azure)
                results = []
                for what in ("first", "again"):
                    start = time.perf_counter()
                    result = project.verify(azure)
                    results.append((f"verify of {STREAMS} streams, {what}", time.perf_counter() - start))
                    assert result.ok, [arrival.diagnosis for arrival in result.streams if not arrival.ok][:3]
                return results
        finally:
            lifecycle.stop(project.state_directory)


def manifest() -> str:
    """100 streams in 10 rules, each into a table of its own."""
    lines = ["version: 1", "name: bench", "target: {location: westeurope, resource_group: rg-bench}"]
    lines += ["workspace: {name: law-bench}", "endpoint: {name: dce-bench}", "tables:"]
    for n in range(STREAMS):
        lines.append(
            f"  T{n}_CL: {{columns: {{TimeGenerated: datetime, Id: string, Message: string, Level: int, Us: string}}}}"
        )
    lines.append("streams:")
    for n in range(STREAMS):
        lines.append(f"  Custom-S{n}:")
        lines.append("    columns: {time: datetime, id: string, message: string, level: int, body: dynamic}")
        lines.append(f"    table: T{n}_CL")
        lines.append(
            f'    transform: "source | where level >= {n % 5} | project TimeGenerated = time, Id = id, '
            'Message = message, Level = level, Us = tostring(body.user.name)"'
        )
    lines.append("dcrs:")
    for n in range(0, STREAMS, 10):
        lines.append(f"  dcr-bench-{n}: {{streams: [{', '.join(f'Custom-S{m}' for m in range(n, n + 10))}]}}")
    lines.append("environments: {local: {target: {cloud: local}}}")
    return "\n".join(lines) + "\n"
