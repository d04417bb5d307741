"""Everything that a run leaves in the state directory is for its owner alone, whatever the umask and what was there."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys

import pytest

from provisioner.apply.state_lock import state_lock
from provisioner.emulator import lifecycle
from tests.support.paths import EXAMPLES, ROOT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="file modes mean nothing on this system")
RUN = {"apply.lock", "journal.jsonl", "emulator.db", "identity.json", "ca.key", "ca.pem", "ready.json", "server.log"}


@pytest.fixture(params=[0, 0o022], ids=["umask 000", "umask 022"])
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.fixture
def project(tmp_path, umask):
    folder = tmp_path / "shop"
    shutil.copytree(EXAMPLES / "quickstart", folder, ignore=shutil.ignore_patterns(".provisioner"))
    yield folder
    lifecycle.stop(folder / ".provisioner")


def up(project):
    command = [sys.executable, "-m", "provisioner", "up", str(project), "-e", "local"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def modes(directory):
    """The mode of the directory and of everything below it, by name."""
    paths = [directory, *directory.rglob("*")]
    return {str(path.relative_to(directory)): oct(stat.S_IMODE(path.lstat().st_mode)) for path in paths}


def assert_private(state, names):
    mode_of = modes(state)
    assert names <= set(mode_of)
    assert {name: mode for name, mode in mode_of.items() if mode != ("0o700" if name == "." else "0o600")} == {}


def test_what_up_leaves_is_private_while_the_emulator_runs_and_after(project):
    up(project)
    assert_private(project / ".provisioner", RUN)
    lifecycle.stop(project / ".provisioner")
    assert_private(project / ".provisioner", RUN - {"ready.json"})


def test_what_an_older_version_left_open_is_closed_by_the_next_run(project):
    """Only the manifest's directory stays as it was: it is the user's."""
    up(project)
    state = project / ".provisioner"
    lifecycle.stop(state)
    state.chmod(0o755)
    for path in state.iterdir():
        path.chmod(0o666)
    project.chmod(0o755)
    up(project)
    assert_private(state, RUN)
    assert stat.S_IMODE(project.stat().st_mode) == 0o755


def test_an_apply_to_azure_itself_closes_what_was_open(tmp_path, umask):
    """No emulator runs there: the lock of the apply is what comes first."""
    state = tmp_path / ".provisioner"
    state.mkdir()
    (state / "journal.jsonl").write_text("{}\n", encoding="utf-8")
    state.chmod(0o777)
    (state / "journal.jsonl").chmod(0o644)
    with state_lock(state, "apply prod"):
        assert_private(state, {"apply.lock", "apply.holder", "journal.jsonl"})
    assert_private(state, {"apply.lock", "journal.jsonl"})
