"""A journal with damaged lines is told as such, and what can be read of it is shown."""

from __future__ import annotations

import json

import pytest

from provisioner.apply.journal import journal_text, recorded_changes
from provisioner.cli.main import run
from tests.support.manifests import write_manifest

ENTRY = {
    "version": 1,
    "at": "2026-11-01T10:00:00.000+00:00",
    "run": "r1",
    "who": "application a",
    "environment": None,
    "fingerprint": "f1",
    "event": "end",
    "action": "create",
    "type": "table",
    "name": "Orders_CL",
    "id": "/subscriptions/s/tables/Orders_CL",
    "risk": "additive",
    "deltas": [],
    "state": "applied",
}
WHOLE = json.dumps(ENTRY).encode()
DAMAGED = {
    "garbage": b"garbage",
    "cut short": WHOLE[:50],
    "not UTF-8": b'{"run": "\xff"}',
    "a list": b"[1]",
    "an empty object": b"{}",
    "an empty line": b"",
    "null bytes": b"\0" * 100,
    "deep": b"[" * 100_000,
    "of another type": json.dumps({**ENTRY, "deltas": 3}).encode(),
    "without a state": json.dumps({name: value for name, value in ENTRY.items() if name != "state"}).encode(),
}


@pytest.fixture
def journal(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_manifest(tmp_path, "tables: {}\n")
    (tmp_path / ".provisioner").mkdir(mode=0o700)
    return tmp_path / ".provisioner" / "journal.jsonl"


@pytest.mark.parametrize("line", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_line_is_named_and_the_rest_is_shown(journal, line, capsys):
    journal.write_bytes(b"\n".join([WHOLE, line, WHOLE.replace(b"r1", b"r2")]) + b"\n")
    assert run(["log"]) == 0
    text = capsys.readouterr().out
    assert text.count("applied create  table     Orders_CL") == 2
    assert "The journal is damaged: line 2 is not readable" in text
    assert run(["log", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["damaged_lines"] == [2]


def test_a_journal_without_a_whole_line_is_not_called_empty(journal, capsys):
    journal.write_bytes(b"garbage\n" * 30)
    assert run(["log"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("The journal is damaged: lines 1, 2, 3,")
    assert "empty" not in text


def test_an_empty_journal_is_empty(tmp_path):
    assert journal_text(recorded_changes(tmp_path)).startswith("The journal is empty")
