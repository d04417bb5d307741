"""`provisioner calibrate` on the command line."""

from __future__ import annotations

import json
import shutil

import pytest
import yaml

from provisioner.cli.main import run
from provisioner.emulator import lifecycle
from tests.support.paths import ROOT


@pytest.fixture
def project(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "examples" / "quickstart", tmp_path / "quickstart", ignore=shutil.ignore_patterns(".prov*"))
    monkeypatch.chdir(tmp_path)
    yield tmp_path / "quickstart"
    lifecycle.stop(tmp_path / "quickstart" / ".provisioner")


def test_the_list_shows_each_probe_with_its_question_cost_and_prediction_in_every_format(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["calibrate", "--list"]) == 0
    text = capsys.readouterr().out
    assert "costs cents" in text
    assert "creates a role assignment" in text
    assert run(["calibrate", "--list", "--format", "json", "--probe", "functions"]) == 0
    data = json.loads(capsys.readouterr().out)
    listed = {probe["id"]: probe for probe in data["probes"]}
    assert listed["functions/acos"] == {
        "id": "functions/acos",
        "family": "functions",
        "question": "does a transformation take the function acos?",
        "creates": "a rule",
        "predicted": "refused",
        "fact": {"file": "schemas/kql.yaml", "keys": ["functions", "acos"]},
    }
    assert run(["calibrate", "--list", "--format", "yaml", "--probe", "functions"]) == 0
    assert yaml.safe_load(capsys.readouterr().out) == data


def test_a_run_writes_the_evidence_and_says_that_the_local_azure_proves_nothing_about_azure(project, capsys):
    assert run(["calibrate", "quickstart", "-e", "local", "--probe", "literals", "--out", "seen.json"]) == 0
    printed = capsys.readouterr()
    assert "as predicted. Evidence: seen.json" in printed.out
    assert "nothing about Azure" in printed.out
    assert "literals  as predicted" in printed.err
    data = json.loads((project.parent / "seen.json").read_text())
    assert (data["cloud"], data["proves"], data["otherwise"]) == ("local", "the battery", 0)
    assert run(["calibrate", "--merge", "seen.json"]) == 1
    assert "no evidence about Azure" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["quickstart"], 64, "pass --yes"),
        (["--merge", "x.yaml", "--list"], 64, "goes with --facts alone"),
        (["--facts", "quickstart"], 64, "goes with --merge"),
        (["--merge", "none.yaml"], 1, "none.yaml"),
        (["--list", "--probe", "fuctions"], 1, "did you mean 'functions'?"),
        (["nothing.yaml", "-e", "local"], 1, "nothing.yaml"),
        (["--list", "--format", "xml"], 64, "xml"),
    ],
)
def test_wrong_usage_is_told(project, capsys, arguments, code, words):
    assert run(["calibrate", *arguments]) == code
    assert words in capsys.readouterr().err
    assert not list(project.parent.glob("calibration-*"))
