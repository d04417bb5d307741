"""`--progress json`: whatever goes to stderr is one JSON object a line."""

from __future__ import annotations

import json
import shutil

import pytest
from click.testing import CliRunner

from provisioner.cli.console import Console
from provisioner.cli.main import provisioner as command
from provisioner.cli.main import run
from provisioner.emulator import lifecycle
from provisioner.errors import BadRequestFile
from provisioner.progress import ProgressEvent
from tests.support.paths import ROOT


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "quickstart"
    shutil.copytree(ROOT / "examples" / "quickstart", folder)
    yield folder
    lifecycle.stop(folder / ".provisioner")


def events(text: str) -> list[dict]:
    lines = [json.loads(line) for line in text.splitlines()]
    assert all({"version", "time", "event"} <= set(line) for line in lines)
    return lines


def test_an_apply_tells_of_each_change_when_it_begins_and_when_it_ends(project):
    done = CliRunner().invoke(command, ["apply", str(project), "-e", "local", "--progress", "json", "--format", "json"])
    assert done.exit_code == 0, done.stderr
    outcomes = json.loads(done.stdout)["outcomes"]
    told_of = events(done.stderr)
    for kind in ("start", "done"):
        subjects = {line["subject"] for line in told_of if line["event"] == kind}
        assert subjects == {f"{outcome['type']} {outcome['name']}" for outcome in outcomes}


def test_an_error_is_an_event_with_its_parts(capsys):
    console = Console(quiet=True, json_events=True)
    console.error(BadRequestFile("the file is\nno plan", hint="plan again"))
    [line] = events(capsys.readouterr().err)
    assert (line["event"], line["message"], line["hint"]) == ("error", "the file is\nno plan", "plan again")


@pytest.mark.parametrize("quiet", [False, True])
def test_hostile_text_stays_within_its_line(quiet, capsys):
    console = Console(quiet=quiet, json_events=True)
    with console.progress() as progress:
        progress(ProgressEvent("wait", 'a\n{"event": "done"}\x1b[31m\u202e', "b\r\nc"))
    [line] = events(capsys.readouterr().err)
    assert line["subject"] == 'a\n{"event": "done"}\x1b[31m\u202e'
    assert line["message"] == "b\r\nc"


def test_a_mistake_in_the_manifest_is_an_event_too(project, capfd):
    assert run(["plan", str(project), "-e", "nowhere", "--progress", "json"]) == 1
    [line] = events(capfd.readouterr().err)
    assert "no environment 'nowhere'" in line["message"]
