"""Runs that meet faults and are killed: every record is in the table or in the dead letters, and few are there twice.

`PROVISIONER_SOAK=100 pytest tests/send/test_soak.py` sends 50,000 records in each of a hundred runs; without it
there are two runs of fewer records.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
from collections import Counter

import pytest

from provisioner.emulator.lifecycle import ensure_running, stop
from provisioner.emulator.testing import AzureMonitor
from provisioner.probes.live_state import LiveState
from provisioner.project import Project
from tests.send.conftest import MANIFEST, now

SOAK = int(os.environ.get("PROVISIONER_SOAK", "0"))
RECORDS = 50_000 if SOAK else 3_000
CUT_SHORT = 3 if SOAK else 1
"""Runs of one seed that are killed before they can end."""
PADDING = "x" * 1000
PARALLELISM = 4
INGESTION = "POST */streams/*"
FAULTS = (
    {"fault": "error", "status": 500},
    {"fault": "error", "status": 503, "retry_after": 0.2},
    {"fault": "throttle", "retry_after": 0.1},
    {"fault": "throttle"},
    {"fault": "reset", "when": "before"},
    {"fault": "reset", "when": "after"},
    {"fault": "error", "status": 413, "code": "ContentLengthLimitExceeded"},
)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "provisioner.yaml").write_text(MANIFEST)
    loaded = Project.load(tmp_path)
    yield loaded
    stop(loaded.state_directory)


def write_records(path, dice):
    """A file of records, a few of them damaged; the ids of the good ones and the numbers of the others."""
    good, damaged = [], []
    time = now()
    with path.open("w") as file:
        for number in range(1, RECORDS + 1):
            if dice.random() < 0.001:
                damaged.append(number)
                file.write("{damaged\n")
            else:
                good.append(f"R{number}")
                record = {"TimeGenerated": time, "Id": f"R{number}", "Amount": 1.5, "Extra": PADDING}
                file.write(f"{json.dumps(record)}\n")
    return good, damaged


def stored_ids(project, azure):
    state = LiveState(project.manifest, project.send_live(azure), azure, project.transforms)
    rows = azure.query.run(state.workspace_customer_id(), "Orders_CL | summarize Times = count() by Id", "P3D")
    return {row["Id"]: row["Times"] for row in rows}


@pytest.mark.parametrize("seed", range(SOAK or 2))
def test_no_record_is_lost_whatever_happens_on_the_way(project, tmp_path, seed):
    dice = random.Random(seed)
    good, damaged = write_records(tmp_path / "records.ndjson", dice)
    with project.connect() as azure:
        project.apply(project.plan(azure), azure)
        monitor = AzureMonitor(ensure_running(project.state_directory))
        for fault in dice.sample(FAULTS, 3):
            monitor.inject_fault(**fault, match=INGESTION, probability=dice.choice([0.05, 0.2]))
        kills = run_until_done(tmp_path, dice)
        hits = {fault["fault"] + str(fault.get("when")): fault["hits"] for fault in faults_of(monitor)}
        monitor.clear_faults()
        times = stored_ids(project, azure)
    dead = dead_records(tmp_path / "dead")
    # A service that refuses a record alone makes it dead too; what is dead is not lost.
    assert {f"R{number}" for number in dead} | times.keys() >= set(good)
    assert set(damaged) <= dead.keys()
    assert set(times) <= set(good)
    rows_of_a_call = 1_048_576 // len(PADDING)
    bound = (kills * (PARALLELISM + 2) + hits.get("resetafter", 0)) * rows_of_a_call
    assert sum(times.values()) - len(times) <= bound


def run_until_done(folder, dice):
    """Send, killed at random instants; goes on until a run ends by itself. Returns how often it was killed."""
    command = [sys.executable, "-m", "provisioner", "send", "Custom-Plain", "records.ndjson", "--progress", "none"]
    command += ["--dead-letters", "dead", "--parallelism", str(PARALLELISM), "--format", "json"]
    for kills in range(20):
        is_begun = (folder / "dead" / "checkpoint.ndjson").exists()
        more = ["--resume"] if is_begun else []
        victim = subprocess.Popen(
            [*command, *more], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            # The first runs are cut short, the later ones may end.
            out, err = victim.communicate(timeout=dice.uniform(0.8, 2.5) if kills < CUT_SHORT else 240)
            assert victim.returncode in (0, 1), err
            assert json.loads(out)["failures"] == [], err
            return kills
        victim.kill()
        victim.communicate()
        # Killed between its last record and its end: the checkpoint is gone, what was found dead is there. Beginning
        # anew would send every record twice.
        if not (folder / "dead" / "checkpoint.ndjson").exists() and any((folder / "dead").glob("dead-letters-*")):
            return kills + 1
    raise AssertionError("no run ended by itself")


def faults_of(monitor):
    return monitor.call_admin_api("GET", "/emulator/faults")["faults"]


def dead_records(directory):
    """Record number → how often it stands in the files of dead letters."""
    lines = [line for file in directory.glob("dead-letters-*.ndjson") for line in file.read_text().splitlines()]
    return Counter(json.loads(line)["record"] for line in lines)
