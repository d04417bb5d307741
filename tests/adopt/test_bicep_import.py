"""Bicep sources: compiled by the compiler on the path, and what is said where that is not possible."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from provisioner.adopt import from_bicep
from provisioner.errors import BadRequestFile
from tests.support.paths import CASES

SOURCE = """param location string

resource orders 'Microsoft.Insights/dataCollectionRules@2023-03-11' = {
  name: 'dcr-x'
}
"""
needs_programs = pytest.mark.skipif(os.name == "nt", reason="the compiler is played by a script with a shebang line")


def compiler(folder, monkeypatch, body):
    """A program `bicep`, alone on the path, with this Python body; it appends its arguments to a file."""
    program = folder / "bicep"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nprint(*sys.argv[1:], file=open({str(folder / 'calls')!r}, 'a'))\n{body}"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


@pytest.fixture
def source(tmp_path):
    file = tmp_path / "main.bicep"
    file.write_text(SOURCE, encoding="utf-8")
    return file


def test_without_a_compiler_it_says_what_to_install(source, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadRequestFile, match="no `bicep` on the path") as caught:
        from_bicep([source])
    assert "https://aka.ms/bicep-install" in caught.value.hint


def test_a_file_that_is_not_there_is_told_before_a_compiler_is_looked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadRequestFile, match="cannot be read"):
        from_bicep([tmp_path / "none.bicep"])


@needs_programs
def test_a_source_is_compiled_and_imported(source, tmp_path, monkeypatch):
    template = CASES / "arm" / "template" / "template.json"
    compiler(tmp_path, monkeypatch, f"print(open({str(template)!r}).read())")
    imported = from_bicep([source])
    assert imported.fields["tables"]
    assert (tmp_path / "calls").read_text().split() == ["build", "--stdout", str(source)]


@needs_programs
def test_positions_are_those_of_the_source(source, tmp_path, monkeypatch):
    rule = {"type": "Microsoft.Insights/dataCollectionRules", "apiVersion": "1", "name": "dcr-x", "properties": {}}
    compiler(tmp_path, monkeypatch, f"print({json.dumps({'resources': [rule]})!r})")
    [skipped] = [entry for entry in from_bicep([source]).diagnostics if entry.code == "IMP005"]
    assert (skipped.place.file, skipped.place.line) == (str(source), 4)


@needs_programs
@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("print('main.bicep(1,7) : Error BCP018: \\033[31mExpected\\n', file=sys.stderr); sys.exit(1)", "BCP018"),
        ("sys.exit(1)", "says nothing"),
        ("print('no json')", "is no JSON"),
    ],
)
def test_what_the_compiler_refuses_is_said(source, tmp_path, monkeypatch, body, text):
    compiler(tmp_path, monkeypatch, body)
    with pytest.raises(BadRequestFile, match=text) as caught:
        from_bicep([source])
    assert "\033" not in str(caught.value)


def test_only_one_kind_of_file_at_a_time(source):
    done = subprocess.run(
        [sys.executable, "-m", "provisioner", "import", "--from-arm", "--from-bicep", str(source)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 64
    assert "not both" in done.stderr
