"""`provisioner emulator` as it is typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from provisioner.emulator import lifecycle
from tests.support.azure_rest import Rest


def run(*arguments, state, code=0):
    command = [sys.executable, "-m", "provisioner", "emulator", *arguments, "--state", str(state)]
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def state(tmp_path):
    yield tmp_path / "state"
    lifecycle.stop(tmp_path / "state")


def test_an_emulator_is_started_shown_given_faults_emptied_and_stopped(state):
    assert json.loads(run("status", "--format", "json", state=state, code=1).stdout)["running"] is False
    shown = json.loads(run("env", "--shell", "json", state=state).stdout)
    emulator = json.loads(run("status", "--format", "json", state=state).stdout)["emulator"]
    assert emulator["endpoint"] == shown["endpoint"] == shown["environment"]["AZURE_AUTHORITY_HOST"]
    assert "client_secret" not in emulator
    active = json.loads(run("faults", "latency", "milliseconds=1", "match=GET *", state=state).stdout)
    assert [fault["fault"] for fault in active["faults"]] == ["latency"]
    assert json.loads(run("faults", "--clear", state=state).stdout)["faults"] == []
    run("reset", state=state)
    assert "stopped" in run("stop", state=state).stderr
    assert "no emulator runs" in run("stop", state=state).stderr


def test_a_wrong_fault_and_a_missing_emulator_are_explained(state, tmp_path):
    assert "no emulator runs" in run("faults", state=state, code=1).stderr
    assert "the next start begins afresh" in run("reset", state=state, code=0).stderr
    lifecycle.ensure_running(state)
    assert "earthquake" not in run("faults", state=state).stdout
    assert "a fault is an object" in run("faults", "earthquake", state=state, code=1).stderr
    (tmp_path / "faults.yaml").write_text("seed: 3\nfaults:\n- {fault: late_rows, seconds: 5}\n")
    active = json.loads(run("faults", "--file", str(tmp_path / "faults.yaml"), state=state).stdout)
    assert (active["seed"], active["faults"][0]["seconds"]) == (3, 5)


@pytest.mark.skipif(os.name != "posix", reason="only a console can send a signal on this system")
def test_serve_prints_one_line_when_it_is_ready_and_ends_at_a_signal(state, tmp_path):
    (tmp_path / "faults.json").write_text('{"fault": "error", "status": 503, "match": "GET /subscriptions"}')
    command = [sys.executable, "-m", "provisioner", "emulator", "serve", "--state", str(state)]
    command += ["--faults", str(tmp_path / "faults.json"), "--latency", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        ready = json.loads(server.stdout.readline())
        assert lifecycle.find_running(state).pid == ready["pid"] == server.pid
        from provisioner.emulator.testing import AzureMonitor

        assert Rest(AzureMonitor(lifecycle.find_running(state))).arm("GET", "/subscriptions").status == 503
        server.terminate()
        assert server.wait(30) == 0
        assert server.stdout.read() == ""
    assert not (state / "ready.json").exists()


def test_faults_that_cannot_be_read_stop_the_start(state, tmp_path):
    (tmp_path / "faults.yaml").write_text("fault: earthquake")
    done = run("serve", "--faults", str(tmp_path / "faults.yaml"), state=state, code=1)
    assert "the faults file" in done.stderr
