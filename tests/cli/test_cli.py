"""What every command shares: its options, its exit codes, and where it says what."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from xml.etree import ElementTree as ET

import click
import pytest

from provisioner.cli.main import provisioner, run
from tests.support.manifests import write_manifest


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def commands(group, above=()):
    """Every command with its full name, as a tuple of words."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*above, name))
        else:
            yield pytest.param(command, id=" ".join((*above, name)))


@pytest.mark.parametrize("command", [*commands(provisioner)])
def test_every_command_can_be_hushed_and_shows_an_example(command):
    options = {name for param in command.params for name in param.opts}
    assert {"-q", "-v", "--no-color"} <= options
    assert re.search("Example: .*provisioner ", command.help)


def test_up_takes_every_flag_of_apply():
    context = click.Context(provisioner)
    flags = [{param.name for param in provisioner.get_command(context, name).params} for name in ("apply", "up")]
    assert flags[0] - flags[1] == {"names", "everywhere"}, "apply alone takes several environments"


ONLINE = ["plan", "apply", "verify", "outputs", "drift", "destroy"]


@pytest.mark.parametrize(
    "arguments", [["nothing.yaml"], ["-e", "nowhere"]], ids=["no such file", "no such environment"]
)
@pytest.mark.parametrize("command", ["test", "log", *ONLINE])
def test_what_cannot_be_loaded_is_a_diagnostic_under_json(command, arguments, tmp_path, capsys):
    write_manifest(tmp_path, "tables: {}\n")
    assert run([command, *arguments, "--format", "json"]) == 1
    captured = capsys.readouterr()
    (finding,) = json.loads(captured.out)["diagnostics"]
    assert finding["severity"] == "error"
    assert finding["message"] in captured.err


def test_among_several_environments_the_unknown_one_has_its_diagnostic(tmp_path, capsys):
    write_manifest(tmp_path, "tables: {}\n")
    assert run(["plan", "-e", "nowhere", "-e", "elsewhere", "--format", "json"]) == 1
    payloads = json.loads(capsys.readouterr().out)["environments"]
    assert [payload["diagnostics"][0]["code"] for payload in payloads.values()] == ["MAN016", "MAN016"]


def test_what_cannot_be_loaded_is_a_failed_case_under_junit(capsys):
    assert run(["test", "nothing.yaml", "--format", "junit"]) == 1
    assert ET.fromstring(capsys.readouterr().out).find(".//failure") is not None


def test_other_trouble_is_an_error_under_json(capsys):
    assert run(["explain", "NONE999", "--format", "json"]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out)["error"]["message"] in captured.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "--allow", "Orders_CL"],
        ["apply", "--allow", "harmless:Orders_CL"],
        ["validate", "--select", "NAME"],
        ["validate", "--ignore", "NAM003,NOTHING"],
    ],
    ids=" ".join,
)
def test_a_word_that_can_mean_nothing_is_a_mistake_of_usage(arguments, tmp_path, capsys):
    write_manifest(tmp_path, "tables: {}\n")
    assert run(arguments) == 64
    assert "Error: Invalid value" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["render", "--out", "file/below"], ["init", "file/below", "--from", "records.json"]], ids=" ".join
)
def test_a_place_that_cannot_be_written_is_told_in_words(arguments, tmp_path, capsys):
    write_manifest(tmp_path, "tables: {}\n")
    (tmp_path / "file").touch()
    (tmp_path / "records.json").write_text('[{"a": 1}]')
    assert run(arguments) == 1
    # The directory, or on Windows the file that stands in its way.
    assert re.match(r"error: file(/below[^:]*)?: ", capsys.readouterr().err)


def test_links_in_a_circle_are_a_file_that_cannot_be_read(tmp_path, capsys):
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    assert run(["validate", "loop.yaml"]) == 1
    assert "loop.yaml:1:1" in capsys.readouterr().out


def test_the_schema_has_one_format(capsys):
    assert run(["schema", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "A provisioner manifest"


def on_a_terminal(*arguments, **environment):
    """What a command writes to stdout, a pipe, and to stderr, a terminal."""
    ours, theirs = os.openpty()
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | environment
    command = [sys.executable, "-m", "provisioner", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment) as process:
        os.close(theirs)
        out, seen = process.stdout.read(), b""
        try:
            while part := os.read(ours, 4096):
                seen += part
        except OSError:  # Linux says so where the last writer has closed the terminal
            pass
    os.close(ours)
    return out.decode(), seen.decode()


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="the system has no pseudo-terminals")
def test_colours_are_for_terminals_that_want_them(tmp_path):
    write_manifest(tmp_path, "tables: {Orders: {columns: {TimeGenerated: datetime}}}\n")
    out, _ = on_a_terminal("up", "-e", "local", TERM="xterm")
    assert "NAM003" in out
    assert "\x1b[" not in out
    assert "\x1b[" in on_a_terminal("render", TERM="xterm")[1]
    assert "\x1b[" not in on_a_terminal("render", "--no-color", TERM="xterm")[1]
    assert "\x1b[" not in on_a_terminal("render", NO_COLOR="1", TERM="xterm")[1]
    assert "\x1b[" not in on_a_terminal("render", TERM="dumb")[1]
