"""`provisioner format`: the KQL of a manifest and of its files laid out, checked, shown; the YAML as it was."""

from __future__ import annotations

import pytest

from provisioner.cli.main import run
from tests.support.kql_places import HEAD, STREAM

UGLY = "source\n|   where   isnotempty( placed )\n"
NEAT = "source\n| where isnotempty(placed)\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parts").mkdir()
    (tmp_path / "provisioner.yaml").write_bytes((HEAD + "include: [parts/*.yaml]\n").encode())
    (tmp_path / "parts" / "s.yaml").write_bytes(
        (STREAM + "    transform: {file: a.kql}\n").replace("\n", "\r\n").encode()
    )
    (tmp_path / "parts" / "a.kql").write_bytes(b"\xef\xbb\xbf" + UGLY.encode())
    return tmp_path


def test_a_manifest_stands_for_all_its_files_and_marks_stay(project, capsys):
    yaml = (project / "parts" / "s.yaml").read_bytes()
    assert run(["format"]) == 0
    assert (project / "parts" / "a.kql").read_bytes() == b"\xef\xbb\xbf" + NEAT.encode()
    assert (project / "parts" / "s.yaml").read_bytes() == yaml
    assert "changed parts/a.kql" in capsys.readouterr().err
    assert run(["format", "--check"]) == 0


def test_check_and_diff_change_nothing(project, capsys):
    before = (project / "parts" / "a.kql").read_bytes()
    assert run(["format", "--check"]) == 1
    assert run(["format", "--diff"]) == 0
    assert "+| where isnotempty(placed)" in capsys.readouterr().out
    assert (project / "parts" / "a.kql").read_bytes() == before


def test_single_files_are_laid_out_by_themselves(project):
    (project / "parts" / "b.kql").write_text(UGLY, "utf-8")
    assert run(["format", "parts/a.kql"]) == 0
    assert (project / "parts" / "b.kql").read_text("utf-8") == UGLY
    assert run(["format", "parts/b.kql", "parts/s.yaml"]) == 0
    assert (project / "parts" / "b.kql").read_text("utf-8") == NEAT


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["format", "nothing.yaml"], "there is no file nothing.yaml"),
        (["format", "broken.yaml"], "broken.yaml:2:1: this is not YAML"),
        (["format", "nothing.kql"], "there is no file nothing.kql"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_in_words(arguments, text, project, capsys):
    (project / "broken.yaml").write_text("a: {\n", "utf-8")
    assert run(arguments) == 1
    error = capsys.readouterr().err
    assert text in error
    assert "Traceback" not in error
