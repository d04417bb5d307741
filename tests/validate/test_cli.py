"""The commands `validate`, `explain` and `rules`."""

from __future__ import annotations

import json

import pytest

from provisioner.cli.main import run
from tests.support.manifests import write_manifest

WRONG = "tables: {Orders: {columns: {TimeGenerated: datetime}}}\n"
WARNED = "tables: {web-orders_CL: {columns: {TimeGenerated: datetime}}}\n"


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_the_answer_is_no_for_an_error_and_yes_for_a_warning(tmp_path, capsys):
    write_manifest(tmp_path, WRONG)
    assert run(["validate"]) == 1
    write_manifest(tmp_path, WARNED)
    assert run(["validate"]) == 0
    assert "1 warning" in capsys.readouterr().out


def test_strict_makes_a_warning_fail(tmp_path):
    write_manifest(tmp_path, WARNED)
    assert run(["validate", "--strict"]) == 1
    assert run(["validate", "--strict", "--ignore", "NAM005"]) == 0


def test_a_directory_means_the_manifest_in_it(tmp_path, capsys):
    (tmp_path / "logs").mkdir()
    write_manifest(tmp_path / "logs", WRONG)
    assert run(["validate", "logs", "--format", "json"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert finding["file"] == "logs/provisioner.yaml"


@pytest.mark.parametrize("arguments", [["nothing.yaml"], ["."], ["-e", "nowhere"]])
def test_what_cannot_be_loaded_is_a_finding_in_every_form(arguments, tmp_path, capsys):
    if arguments[0] == "-e":
        write_manifest(tmp_path, WARNED)
    for format_name in ("text", "json", "sarif", "junit"):
        assert run(["validate", *arguments, "--format", format_name]) == 1
    capsys.readouterr()
    run(["validate", *arguments, "--format", "json"])
    (finding,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert finding["severity"] == "error"
    assert finding["line"] >= 1


def test_diff_alone_changes_nothing_and_fix_does(tmp_path, capsys):
    path = write_manifest(tmp_path, WRONG)
    assert run(["validate", "--diff"]) == 1
    shown = capsys.readouterr().out
    assert "+tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}\n" in shown
    assert "Orders_CL" not in path.read_text()
    assert run(["validate", "--fix", "--diff"]) == 0
    assert capsys.readouterr().out == shown
    assert path.read_text().startswith("tables: {Orders_CL: {columns")


def test_fix_says_how_many_and_reports_what_is_left(tmp_path, capsys):
    write_manifest(tmp_path, WRONG + "tags: {provisioner: x}\n")
    assert run(["validate", "--fix"]) == 1
    output = capsys.readouterr()
    assert output.err == "1 fix made\n"
    assert "NAM018" in output.out
    assert "NAM003" not in output.out


def test_quiet_says_nothing_where_nothing_is_wrong(tmp_path, capsys):
    write_manifest(tmp_path, "tables: {}\n")
    assert run(["validate", "-q"]) == 0
    assert capsys.readouterr() == ("", "")


def test_settings_that_cannot_be_read_are_said_without_a_traceback(tmp_path, capsys):
    write_manifest(tmp_path, WARNED)
    (tmp_path / ".provisioner.toml").write_text("ignore = [")
    assert run(["validate"]) == 1
    assert ".provisioner.toml" in capsys.readouterr().err


def test_explain_prints_the_page_of_a_code_in_any_case(capsys):
    assert run(["explain", "nam003"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("NAM003  table_suffix  (error)\n")
    assert "Why: " in page
    assert "Source: https://" in page
    assert run(["explain", "NAM003", "--format", "json"]) == 0
    shape = json.loads(capsys.readouterr().out)
    assert (shape["version"], shape["code"], shape["severity"]) == (1, "NAM003", "error")


def test_explain_names_a_near_code(capsys):
    assert run(["explain", "NAM03"]) == 1
    assert "did you mean 'NAM0" in capsys.readouterr().err


def test_rules_lists_every_code_that_validate_can_say(capsys):
    assert run(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert run(["rules", "--format", "json"]) == 0
    rules = json.loads(capsys.readouterr().out)["rules"]
    assert [line.split()[0] for line in lines] == [rule["code"] for rule in rules]
    codes = {rule["code"] for rule in rules}
    assert {"NAM003", "REG004", "TAB001", "STR006", "TRN002", "RES001", "GRA001", "SEC001", "KQL101", "FIT001"} <= codes
