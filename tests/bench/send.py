"""Sending: 200,000 records beside the official client's own upload, a large file in flat memory, and the start."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from provisioner.emulator import lifecycle
from provisioner.emulator.testing import AzureMonitor
from provisioner.project import Project

TITLE = "Send"
RECORDS = 200_000
LARGE_BYTES = 2_000_000_000
MANIFEST = """\
version: 1
name: bench
target: {cloud: local, resource_group: rg-bench, location: westeurope}
workspace: {name: law-bench}
endpoint: {name: dce-bench}
tables: {Events_CL: {columns: {TimeGenerated: datetime, Level: string, Message: string, Count: int}}}
streams: {Custom-Events: Events_CL}
grants: {me: {principal: self}}
"""


def run() -> list[tuple[str, ...]]:
    """Rows: what, figure, goal."""
    rows = [("what", "figure", "goal")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "provisioner.yaml").write_text(MANIFEST)
        project = Project.load(folder)
        try:
            with project.connect() as azure:
                project.apply(project.plan(azure), azure)
                monitor = AzureMonitor(lifecycle.ensure_running(project.state_directory))
                rows += list(_beside_the_official_client(project, azure, monitor, folder))
        finally:
            lifecycle.stop(project.state_directory)
        rows.append(_flat_memory(folder))
    return rows


def _records(count: int) -> list[dict[str, Any]]:
    moment = dt.datetime.now(dt.UTC).isoformat()
    message = "user 17 logged in from 10.1.2.3 with agent Mozilla/5.0"
    return [{"TimeGenerated": moment, "Level": "info", "Message": message, "Count": n} for n in range(count)]


def _beside_the_official_client(project: Project, azure: Any, monitor: AzureMonitor, folder: Path) -> Any:
    from azure.monitor.ingestion import LogsIngestionClient

    records = _records(RECORDS)
    file = folder / "events.ndjson"
    file.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    (dcr,) = project.outputs(azure).dcrs.values()
    monitor.inject_fault("latency", match="POST */streams/*", milliseconds=20)
    client = LogsIngestionClient(dcr.endpoint, monitor.credential(), connection_verify=monitor.ca_file)
    with contextlib.closing(client):
        started = time.perf_counter()
        client.upload(dcr.immutable_id, "Custom-Events", records)
        official = time.perf_counter() - started
    # What the emulator has answered and not yet stored would be stored while the next sender is timed.
    monitor.drops()
    ours, _ = _send(folder, file)
    monitor.clear_faults()
    yield (f"{RECORDS:,} records, 20 ms latency: official client", f"{official:.1f} s", "")
    yield (f"{RECORDS:,} records, 20 ms latency: send", f"{ours:.1f} s, {official / ours:.1f} times as fast", "4 times")
    seconds, usage = _send(folder, file)
    yield ("without latency", f"{RECORDS / seconds:,.0f} rows/s", "40,000 rows/s")
    # The emulator shares the cores and takes the most of them: what the sender alone could do.
    yield ("of the sender's own processor time", f"{RECORDS / usage.processor:,.0f} rows/s", "")
    yield ("memory while sending", f"{usage.memory / 1e6:.0f} MB", "150 MB")
    monitor.drops()
    started = time.perf_counter()
    small = folder / "one.ndjson"
    small.write_text(json.dumps(records[0]))
    _send(folder, small)
    yield ("one record, start of the program included", f"{time.perf_counter() - started:.2f} s", "0.6 s to the start")


class Usage(NamedTuple):
    """What a process used: seconds of processor time, and the most memory in bytes."""

    processor: float
    memory: int


# A process begins with the memory of the one that it was forked from, and this one holds all records: a small one is
# put between them.
_MEASURING = """\
import json, os, sys
_, status, usage = os.wait4(os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ), 0)
with open(sys.argv[1], "w") as file:
    json.dump([usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024], file)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def _send(folder: Path, file: Path, *more: str) -> tuple[float, Usage]:
    """Seconds of sending, as the command says them, without the start of Python; and what the process used."""
    command = [sys.executable, "-m", "provisioner", "send", "Custom-Events", str(file), "--format", "json", *more]
    measured = [sys.executable, "-S", "-c", _MEASURING, str(folder / "usage.json"), *command]
    answer = subprocess.run(measured, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    seconds: float = json.loads(answer.stdout)["seconds"]
    return seconds, Usage(*json.loads((folder / "usage.json").read_text()))


def _flat_memory(folder: Path) -> tuple[str, ...]:
    """Resident memory of a dry run over a large file."""
    large = folder / "large.ndjson"
    block = "".join(f"{json.dumps(record)}\n" for record in _records(5000))
    with large.open("w") as file:
        for _ in range(LARGE_BYTES // len(block)):
            file.write(block)
    _, usage = _send(folder, large, "--dry-run")
    return (f"memory over a file of {LARGE_BYTES / 1e9:.0f} GB", f"{usage.memory / 1e6:.0f} MB", "150 MB")
