"""A damaged state directory: what is lost is said, with the command that starts afresh; the rest is made again."""

from __future__ import annotations

import pytest

from provisioner.cli.main import run
from provisioner.emulator import lifecycle
from provisioner.emulator.process import ServerOptions, build_state
from provisioner.emulator.server_identity import load_certificate
from provisioner.errors import DamagedState, ProvisionerError, StateLocked

GARBAGE = {"garbage": b"garbage", "nothing": b"", "null bytes": b"\0" * 5000, "a list": b"[]"}


@pytest.fixture
def state(tmp_path):
    yield tmp_path / "state"
    lifecycle.stop(tmp_path / "state")


@pytest.mark.parametrize("content", [GARBAGE["garbage"], GARBAGE["null bytes"]], ids=["garbage", "null bytes"])
def test_a_damaged_database_is_told_with_what_is_lost(tmp_path, content):
    (tmp_path / "emulator.db").write_bytes(content)
    with pytest.raises(DamagedState, match="the resources and rows of this local Azure are lost") as raised:
        build_state(ServerOptions(tmp_path))
    assert "provisioner emulator reset" in raised.value.hint


@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE)
def test_a_damaged_identity_is_told_with_what_is_lost(tmp_path, content):
    (tmp_path / "identity.json").write_bytes(content)
    with pytest.raises(DamagedState, match="the id and secret of this local Azure's application are lost"):
        build_state(ServerOptions(tmp_path))


@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE)
@pytest.mark.parametrize("name", ["ca.pem", "ca.key", "server-127.0.0.1.pem"])
def test_a_damaged_certificate_is_issued_again(tmp_path, name, content):
    load_certificate(tmp_path, "127.0.0.1")
    (tmp_path / name).write_bytes(content)
    files = load_certificate(tmp_path, "127.0.0.1")
    assert [b"BEGIN" in file.read_bytes() for file in files] == [True, True]


def test_after_a_reset_the_emulator_starts_again_and_the_journal_stays(state, capsys):
    state.mkdir(mode=0o700)
    (state / "emulator.db").write_bytes(b"garbage")
    (state / "identity.json").write_bytes(b"garbage")
    (state / "port").write_bytes(b"garbage")
    (state / "journal.jsonl").write_bytes(b"kept\n")
    with pytest.raises(ProvisionerError, match=r"did not start: .*identity\.json is damaged") as raised:
        lifecycle.ensure_running(state)
    assert "provisioner emulator reset" in raised.value.hint
    assert run(["emulator", "reset", "--state", str(state)]) == 0
    assert "begins afresh" in capsys.readouterr().err
    assert lifecycle.ensure_running(state).endpoint
    assert (state / "journal.jsonl").read_bytes() == b"kept\n"


def test_what_a_running_server_holds_is_not_removed(state):
    lifecycle.ensure_running(state)
    with pytest.raises(StateLocked):
        lifecycle.forget(state)
    assert (state / "emulator.db").exists()
