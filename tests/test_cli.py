"""What every command shares: its options, its exit codes, and where it says what."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import click
import pytest

from provisioner.cli.main import provisioner, run
from tests.manifests import write


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def commands(group, above=()):
    """Every command that can be typed, with its words."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*above, name))
        else:
            yield pytest.param(command, id=" ".join((*above, name)))


@pytest.mark.parametrize("command", [*commands(provisioner)])
def test_every_command_can_be_hushed_and_shows_an_example(command):
    options = {name for each in command.params for name in each.opts}
    assert {"-q", "-v", "--no-color"} <= options
    assert "Example: provisioner " in command.help


ONLINE = ["plan", "apply", "verify", "outputs", "drift", "destroy"]


@pytest.mark.parametrize("words", [["nothing.yaml"], ["-e", "nowhere"]], ids=["no such file", "no such environment"])
@pytest.mark.parametrize("command", ["test", "log", *ONLINE])
def test_what_cannot_be_loaded_is_a_diagnostic_under_json(command, words, tmp_path, capsys):
    write(tmp_path, "tables: {}\n")
    assert run([command, *words, "--format", "json"]) == 1
    told = capsys.readouterr()
    (finding,) = json.loads(told.out)["diagnostics"]
    assert finding["severity"] == "error"
    assert finding["message"] in told.err


def test_what_cannot_be_loaded_is_a_failed_case_under_junit(capsys):
    assert run(["test", "nothing.yaml", "--format", "junit"]) == 1
    assert ET.fromstring(capsys.readouterr().out).find(".//failure") is not None


def test_other_trouble_is_an_error_under_json(capsys):
    assert run(["explain", "NONE999", "--format", "json"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["error"]["message"] in told.err


@pytest.mark.parametrize(
    "words",
    [
        ["plan", "--allow", "Orders_CL"],
        ["apply", "--allow", "harmless:Orders_CL"],
        ["validate", "--select", "NAME"],
        ["validate", "--ignore", "NAM003,NOTHING"],
    ],
    ids=" ".join,
)
def test_a_word_that_can_mean_nothing_is_a_mistake_of_usage(words, tmp_path, capsys):
    write(tmp_path, "tables: {}\n")
    assert run(words) == 64
    assert "Error: Invalid value" in capsys.readouterr().err


def test_the_schema_has_one_format(capsys):
    assert run(["schema", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "A provisioner manifest"
