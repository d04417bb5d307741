"""A long value is cut with a mark in text for people, and whole with `-v`."""

from __future__ import annotations

import pytest

from provisioner.apply.journal import RecordedChanges, journal_text
from provisioner.cli.main import run
from provisioner.reports.text_table import format_cell, format_difference, format_pair
from tests.support.manifests import write_manifest

LONG = "begin-" + "x" * 200 + "-end"


@pytest.mark.parametrize("value", [LONG, [LONG], {"a": LONG}])
def test_a_cell_is_cut_with_a_mark_or_whole(value):
    assert format_cell(value).endswith("…")
    assert "-end" in format_cell(value, None)
    assert all("-end" in text for text in format_pair(value, value, whole=True))
    assert all("begin-" in text for text in format_difference(value, value, whole=True))


def test_test_shows_whole_values_with_v(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_manifest(
        tmp_path,
        f"""tables: {{A_CL: {{columns: {{TimeGenerated: datetime, Text: string}}}}}}
streams:
  Custom-A: {{table: A_CL, tests: [{{name: t, given: [{{Text: {LONG}}}], expect: [{{Text: other}}]}}]}}
""",
    )
    run(["test"])
    assert "-end" not in capsys.readouterr().out
    run(["test", "-v"])
    assert LONG in capsys.readouterr().out


def test_log_shows_whole_values_with_v():
    change = {
        "run": "r",
        "at": "t",
        "environment": None,
        "fingerprint": "f",
        "who": "w",
        "state": "applied",
        "action": "update",
        "type": "dcr",
        "name": "d",
        "deltas": [{"path": "p", "before": LONG, "after": None}],
    }
    assert "-end" not in journal_text(RecordedChanges([change]))
    assert LONG in journal_text(RecordedChanges([change]), whole=True)
