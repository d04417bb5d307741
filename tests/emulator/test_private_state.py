"""Only the owner reads a state directory: when it is new, and when an older version left it open."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime

import pytest

from provisioner.emulator import lifecycle
from provisioner.emulator.testing import AzureMonitor
from tests.support.azure_rest import Rest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="file modes mean nothing on this system")


@pytest.fixture
def state(tmp_path):
    yield tmp_path / "state"
    lifecycle.stop(tmp_path / "state")


@pytest.fixture
def careless_umask():
    """What a user may have set: new files are readable and writable for all."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(state):
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in state.iterdir()}


def write_a_row(state):
    rest = Rest(AzureMonitor(lifecycle.ensure_running(state)))
    rest.create_prerequisites()
    rule = rest.make_rule()
    rest.grant(rule["id"])
    row = {"TimeGenerated": datetime.now(UTC).isoformat(), "Text": "secret", "Count": 1}
    assert rest.ingest(rule, [row]).status == 204


def test_a_running_server_has_a_private_directory_and_private_files(state, careless_umask):
    write_a_row(state)
    written = modes(state)
    expected = {"emulator.db", "emulator.db-wal", "emulator.db-shm", "server.log", "server.lock", "start.lock", "port"}
    expected |= {"ready.json", "identity.json", "ca.pem", "ca.key", "server-127.0.0.1.pem"}
    assert set(written) == expected
    assert set(written.values()) == {0o600}
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_an_old_open_directory_is_closed_at_the_next_start(state, careless_umask):
    write_a_row(state)
    lifecycle.stop(state)
    state.chmod(0o755)
    for path in state.iterdir():
        path.chmod(0o644)
    for name in ("emulator.db-wal", "emulator.db-shm"):  # as a killed server of an older version leaves them
        (state / name).touch(mode=0o644)
    rest = Rest(AzureMonitor(lifecycle.ensure_running(state)))
    assert rest.rows("T_CL | project Text") == [["secret"]]
    assert set(modes(state).values()) == {0o600}
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_a_stopped_server_leaves_private_files(state, careless_umask):
    write_a_row(state)
    lifecycle.stop(state)
    assert {"emulator.db", "server.log"} <= set(modes(state))
    assert set(modes(state).values()) == {0o600}
