"""The main job in processes that meet what differs on Windows, as far as POSIX can simulate it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from provisioner.emulator.lifecycle import find_running
from tests.support.paths import EXAMPLES, ROOT

if os.name != "posix":
    pytest.skip("there is nothing to simulate on this system", allow_module_level=True)
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(ROOT / "tests" / "support" / "simulated_windows"), str(ROOT)]),
}
SIGBREAK = signal.SIGUSR2  # which the simulation takes for it


def provisioner(*arguments, code=0):
    done = subprocess.run(
        [sys.executable, "-m", "provisioner", *map(str, arguments)],
        capture_output=True,
        check=False,
        timeout=120,
        env=ENVIRONMENT,
    )
    assert done.returncode == code, done.stdout.decode() + done.stderr.decode()
    return done.stdout.decode()


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "shop"
    shutil.copytree(EXAMPLES / "quickstart", folder, ignore=shutil.ignore_patterns(".provisioner"))
    yield folder
    provisioner("emulator", "stop", "--state", folder / ".provisioner")


def test_the_simulation_is_on():
    code = "import os, signal; from provisioner.operating_system import STOP_SIGNALS as stop;"
    code += "print([int(number) for number in stop], hasattr(signal, 'SIGKILL'), hasattr(os, 'fork'))"
    command = [sys.executable, "-c", code]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, env=ENVIRONMENT).stdout
    assert printed == f"[{signal.SIGTERM}, {SIGBREAK}] False False\n"


def test_up_plan_and_fix_do_their_work_and_the_emulator_outlives_them_and_ends(project):
    state = project / ".provisioner"
    assert "1 flow arrived" in provisioner("up", project, "-e", "local")
    ready = find_running(state)
    assert ready is not None
    assert os.getsid(ready.pid) not in {os.getsid(0), 0}
    assert "No changes" in provisioner("plan", project, "-e", "local", "--detailed-exitcode")
    manifest = project / "provisioner.yaml"
    manifest.write_text(
        manifest.read_text(encoding="utf-8").replace("location: westeurope", "location: West Europe"), encoding="utf-8"
    )
    provisioner("validate", project, "--fix")
    assert "location: westeurope" in manifest.read_text(encoding="utf-8")
    provisioner("emulator", "stop", "--state", state)
    assert find_running(state) is None
    assert not (state / "ready.json").exists()


def test_the_server_ends_in_order_at_ctrl_break(tmp_path):
    command = [sys.executable, "-m", "provisioner.emulator", "serve", "--state", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT) as server:
        assert json.loads(server.stdout.readline())["pid"] == server.pid
        server.send_signal(SIGBREAK)
        assert server.wait(timeout=30) == 0
    assert not (tmp_path / "ready.json").exists()


def test_a_server_whose_owner_is_gone_ends(tmp_path):
    owner = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    command = [
        sys.executable,
        "-m",
        "provisioner.emulator",
        "serve",
        "--state",
        str(tmp_path),
        "--owner",
        str(owner.pid),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT) as server:
        server.stdout.readline()
        assert server.poll() is None
        owner.communicate()
        assert server.wait(timeout=30) == 0


def test_ctrl_break_ends_a_command_that_waits(project):
    state = project / ".provisioner"
    provisioner("emulator", "env", "--state", state)
    provisioner("emulator", "faults", "--state", state, "throttle", "retry_after=60", "match=GET /subs*")
    command = [sys.executable, "-m", "provisioner", "plan", str(project), "-e", "local"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as plan:
        assert plan.stderr.readline().startswith(b"cloud local")
        plan.send_signal(SIGBREAK)
        assert plan.stderr.read().decode().splitlines()[-1] == "terminated"
        assert plan.wait(timeout=30) == 143
