"""Findings as text, JSON, SARIF and JUnit."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from provisioner import load, validate
from provisioner.code_catalogue import check_pages
from provisioner.diagnostics import Diagnostic
from provisioner.reports import diagnostics_report as report
from provisioner.reports.format_registry import FORMATS
from provisioner.reports.report_format import ReportOptions
from provisioner.validate import source_files
from tests.support.manifests import write_manifest
from tests.support.paths import CASES

SCHEMA = CASES / "sarif" / "sarif-2.1.0-rtm.5.json"
PIECE = """\
tables:
  Orders:
    columns: {TimeGenerated: datetime, OrderId: string, Total: real}
  Returns_CL: {columns: {TimeGenerated: datetime}}
streams:
  Custom-Orders:
    columns: {time: datetime, id: string, total: string}
    table: Orders
    transform: |
      source
      | project TimeGenerated = time, OrderId = idd,
          Total = total
"""


@pytest.fixture
def diagnostics(tmp_path, monkeypatch) -> tuple[Diagnostic, ...]:
    monkeypatch.chdir(tmp_path)
    return validate.check(load.load_document(write_manifest(tmp_path, PIECE)))


def test_text_shows_the_line_and_a_caret_below_the_very_word(diagnostics):
    text = report.format_text(diagnostics, source_files.source_lines)
    assert text.startswith(
        "provisioner.yaml:2:3  NAM003  the custom table 'Orders' does not end in '_CL'\n"
        "    2 |   Orders:\n"
        "      |   ^^^^^^\n"
        "  hint: call it 'Orders_CL'\n"
        "  fix: rename Orders to Orders_CL\n"
    )
    assert "   11 |       | project TimeGenerated = time, OrderId = idd,\n      | " + " " * 48 + "^^^\n" in text
    assert text.endswith("--fix mends 1\n") or "; --fix mends" in text


def test_text_in_colour_differs_by_escapes_alone(diagnostics):
    import re

    colored = report.format_text(diagnostics, source_files.source_lines, color=True)
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == report.format_text(diagnostics, source_files.source_lines)


def test_a_caret_stands_below_its_word_behind_tabs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = write_manifest(tmp_path, 'tags:\n  provisioner:\t"x"\n  a/b:\t"y"\n')
    text = report.format_text(validate.check(load.load_document(path)), source_files.source_lines)
    assert '    3 |   a/b:\t"y"\n      |   ^^^\n' in text


def test_json_has_the_public_shape(diagnostics):
    shape = json.loads(FORMATS["validate"]["json"](diagnostics))
    assert shape["version"] == 1
    assert shape["summary"] == {"errors": 2, "warnings": 1}
    first = shape["diagnostics"][0]
    position = {"file": "provisioner.yaml", "line": 2, "column": 3, "end_line": 2, "end_column": 9}
    assert {key: first[key] for key in position} == position
    assert set(first) >= {"code", "severity", "message", "hint", "fix", "source"}
    text = Path("provisioner.yaml").read_text(encoding="utf-8")
    assert {text[edit["start"] : edit["end"]] for edit in first["fix"]["edits"]} == {"Orders"}


def test_sarif_is_valid_by_its_schema(diagnostics):
    content = json.loads(FORMATS["validate"]["sarif"](diagnostics))
    jsonschema.validate(content, json.loads(SCHEMA.read_text(encoding="utf-8")))
    run = content["runs"][0]
    assert [result["ruleId"] for result in run["results"]] == [diagnostic.code for diagnostic in diagnostics]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "provisioner.yaml"


def test_sarif_without_findings_is_valid_and_lists_all_rules():
    content = json.loads(FORMATS["validate"]["sarif"](()))
    jsonschema.validate(content, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert [rule["id"] for rule in content["runs"][0]["tool"]["driver"]["rules"]] == [
        page.code for page in check_pages()
    ]


def test_junit_fails_for_errors_and_in_strict_for_warnings(diagnostics):
    for strict, failures in ((False, 2), (True, 3)):
        suite = ET.fromstring(FORMATS["validate"]["junit"](diagnostics, ReportOptions(strict=strict)))[0]
        assert (suite.get("tests"), suite.get("failures")) == ("3", str(failures))
        assert len(suite.findall("testcase/failure")) == failures


def test_junit_without_findings_is_one_test_that_passes():
    root = ET.fromstring(FORMATS["validate"]["junit"](()))
    assert [case.get("name") for case in root.iter("testcase")] == ["no findings"]


def test_junit_takes_any_character():
    odd = Diagnostic("X001", "error", "a \x00 \x1b \ud800 <&> ]]>")
    assert ET.fromstring(FORMATS["validate"]["junit"]((odd,)))[0][0][0].get("type") == "X001"


def test_a_finding_of_some_environments_names_them(diagnostics):
    from dataclasses import replace

    text = report.format_text((replace(diagnostics[0], environments=("prod", "test")),), source_files.source_lines)
    assert "[prod, test]" in text.splitlines()[0]
