"""No character that a terminal obeys or hides reaches an output, wherever it came from; JSON still says it."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.cli.main import run
from provisioner.emulator.lifecycle import find_running, stop
from provisioner.load.yaml.yaml_writer import dump_yaml
from provisioner.text import escape_for_terminal, escape_invisible, escape_line
from tests.support.manifests import write_manifest

C0 = [chr(code) for code in (*range(0x20), 0x7F) if chr(code) not in "\t\n"]
C1 = [chr(code) for code in range(0x80, 0xA0)]
# Source: https://www.unicode.org/reports/tr9/ (explicit and implicit directional characters)
DIRECTIONAL = [*"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"]
HIDDEN = [*"\u200b\u2028\u2029\u2060\ufeff\U000e0041"]
FOREIGN = [*C0, *C1, *DIRECTIONAL, *HIDDEN]
ALL = "".join(FOREIGN)
TITLE = "\x1b]0;owned\x07" + ALL + "\x1b[2K\x1b[8mhidden"

# A text in double quotes, as YAML and JSON both read it.
QUOTED = json.dumps(TITLE)

VALID = f"""\
version: 1
name: webshop
tags: {{team: {QUOTED}}}
target: {{cloud: local, resource_group: rg-webshop, location: westeurope}}
workspace: {{name: law-webshop}}
tables:
  Orders_CL:
    description: {QUOTED}
    columns: {{TimeGenerated: datetime, OrderId: {{type: string, description: {QUOTED}}}}}
streams:
  Custom-Orders:
    columns: {{TimeGenerated: datetime, OrderId: string}}
    table: Orders_CL
    transform: "source | where OrderId != 'x{json.dumps(DIRECTIONAL)[2:6]}'"
    samples: [{{TimeGenerated: "2026-01-01T10:00:00Z", OrderId: {QUOTED}, {QUOTED}: 1}}]
    tests: [{{name: {QUOTED}, given: [{{OrderId: {QUOTED}}}], expect: [{{OrderId: other}}]}}]
dcrs: {{dcr-webshop: {{streams: [Custom-Orders], description: {QUOTED}}}}}
"""
INVALID = f"""\
variables: {{sender: {{description: {QUOTED}, default: {QUOTED}}}}}
{QUOTED}: 1
tags: {{{QUOTED}: $(sender)}}
tables:
  {QUOTED}: {{columns: {{{QUOTED}: {QUOTED}, TimeGenerated: datetime}}}}
streams:
  Custom-Orders: {{columns: {{{QUOTED}: string}}, table: {QUOTED}, transform: {json.dumps("source | where " + ALL)}}}
environments: {{{QUOTED}: {{tags: {{}}}}}}
"""
OFFLINE = {
    "validate": ["text", "json", "sarif", "junit", "github", "azure"],
    "test": ["text", "json", "junit"],
    "graph": ["text", "mermaid", "dot", "svg", "html", "json"],
}


def raw_characters(text):
    """The characters that must not be in an output; tabs and line feeds may."""
    return sorted({f"U+{ord(char):04X}" for char in text if char in ALL or unicodedata.category(char) == "Cs"})


@pytest.fixture
def outputs(monkeypatch, tmp_path, capsys):
    """Runs a command and returns what it printed to both streams, after a look for raw characters."""
    monkeypatch.chdir(tmp_path)

    def output(*arguments):
        run([*arguments])
        captured = capsys.readouterr()
        assert raw_characters(captured.out) == [], (arguments, captured.out)
        assert raw_characters(captured.err) == [], (arguments, captured.err)
        return captured

    yield output
    if find_running(Path(".provisioner").resolve()):
        stop(Path(".provisioner").resolve())


@pytest.mark.parametrize("manifest", ["valid", "invalid"])
def test_offline_commands_show_them_as_escapes_in_every_format(outputs, tmp_path, manifest):
    write_manifest(tmp_path, {"valid": VALID, "invalid": INVALID}[manifest])
    for command, formats in OFFLINE.items():
        for name in formats:
            captured = outputs(command, "--format", name)
            if name in ("json", "sarif"):
                json.loads(captured.out)
    outputs("validate", "--diff")
    outputs("validate", "-v")


def test_online_commands_show_them_as_escapes_in_every_format(outputs, tmp_path):
    file = write_manifest(tmp_path, VALID)
    for name in ("text", "json", "markdown"):
        outputs("plan", "-e", "local", "--format", name, "-v")
    assert "\\u001b]0;owned" in outputs("apply", "-e", "local", "-v").err
    outputs("verify", "-e", "local")
    for name in ("text", "json"):
        outputs("log", "--format", name)
    file.write_text(file.read_text().replace("owned", "changed"), encoding="utf-8")
    for command, name in [
        ("plan", "text"),
        ("plan", "markdown"),
        ("drift", "text"),
        ("drift", "json"),
        ("drift", "sarif"),
    ]:
        outputs(command, "-e", "local", "--format", name)
    outputs("outputs", "-e", "local")
    outputs("import", "-e", "local")
    outputs("destroy", "-e", "local", "--yes")


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate", f"missing{ALL[1:]}.yaml"],
        ["validate", "-e", ALL[1:]],
        ["validate", "--var", f"{ALL[1:]}=1"],
        ["validate", "--select", ALL[1:]],
        ["explain", ALL[1:]],
        ["plan", "--only", f"table/{ALL[1:]}"],
        ["import", "--from-arm", f"missing{ALL[1:]}.json"],
        [ALL[1:]],
    ],
    ids=lambda arguments: arguments[0] if arguments[0].isascii() and arguments[0].isalpha() else "command",
)
def test_what_stands_on_the_command_line_is_shown_as_escapes(outputs, tmp_path, arguments):
    write_manifest(tmp_path, "tables: {}\n")
    outputs(*arguments)


@given(st.text(st.one_of(st.sampled_from(FOREIGN), st.characters())))
def test_json_says_the_same_after_the_escapes(text):
    document = json.dumps([text], ensure_ascii=False)
    assert raw_characters(escape_invisible(document)) == []
    assert json.loads(escape_invisible(document)) == json.loads(document)


@given(st.text(st.sampled_from([*FOREIGN, *"[0;31m8K"])))
def test_a_terminal_gets_our_own_colours_alone(text):
    shown = escape_for_terminal(text, color=True)
    for style in ("\x1b[0m", "\x1b[1m", "\x1b[2m", *(f"\x1b[{n}m" for n in range(31, 37)), "\x1b[31;1m"):
        shown = shown.replace(style, "")
    assert raw_characters(shown) == []
    assert raw_characters(escape_for_terminal(text, color=False)) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", "\\::error::x"),
        ("a\n  ::add-mask file=a::x", "a\n  \\::add-mask file=a::x"),
        ("a ##vso[task.setvariable]x", "a #\\#vso[task.setvariable]x"),
        ("##[group]x", "#\\#[group]x"),
        ("a::b, 1::2", "a::b, 1::2"),
    ],
)
def test_a_log_of_a_pipeline_is_given_no_commands(text, shown):
    assert escape_for_terminal(text, color=False) == shown


def test_a_line_stays_one_line():
    assert escape_line("a\nb\tc\r") == "a\\nb\\tc\\u000d"


def test_an_imported_manifest_keeps_them_as_escapes_that_yaml_reads(outputs):
    text = dump_yaml({"version": 1, "tags": {"a": TITLE}, "streams": {"Custom-A": {"transform": f"source\n| {ALL}"}}})
    assert raw_characters(text) == []
