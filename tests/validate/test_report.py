"""Findings as text, JSON, SARIF and JUnit."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from provisioner import load, validate
from provisioner.diagnostics import Diagnostic
from provisioner.validate import report, source_files
from tests.support.manifests import write
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
def told(tmp_path, monkeypatch) -> tuple[Diagnostic, ...]:
    monkeypatch.chdir(tmp_path)
    return validate.check(load.document(write(tmp_path, PIECE)))


def test_text_shows_the_line_and_a_caret_below_the_very_word(told):
    text = report.text(told, source_files.lines)
    assert text.startswith(
        "provisioner.yaml:2:3  NAM003  the custom table 'Orders' does not end in '_CL'\n"
        "    2 |   Orders:\n"
        "      |   ^^^^^^\n"
        "  hint: call it 'Orders_CL'\n"
        "  fix: rename Orders to Orders_CL\n"
    )
    assert "   11 |       | project TimeGenerated = time, OrderId = idd,\n      | " + " " * 48 + "^^^\n" in text
    assert text.endswith("--fix mends 1\n") or "; --fix mends" in text


def test_text_in_colour_differs_by_escapes_alone(told):
    import re

    colored = report.text(told, source_files.lines, color=True)
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == report.text(told, source_files.lines)


def test_a_caret_stands_below_its_word_behind_tabs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path, 'tags:\n  provisioner:\t"x"\n  a/b:\t"y"\n')
    text = report.text(validate.check(load.document(path)), source_files.lines)
    assert '    3 |   a/b:\t"y"\n      |   ^^^\n' in text


def test_json_has_the_public_shape(told):
    shape = json.loads(report.json(told))
    assert shape["version"] == 1
    assert shape["summary"] == {"errors": 2, "warnings": 1}
    first = shape["diagnostics"][0]
    place = {"file": "provisioner.yaml", "line": 2, "column": 3, "end_line": 2, "end_column": 9}
    assert {key: first[key] for key in place} == place
    assert set(first) >= {"code", "severity", "message", "hint", "fix", "source"}
    text = Path("provisioner.yaml").read_text(encoding="utf-8")
    assert {text[edit["start"] : edit["end"]] for edit in first["fix"]["edits"]} == {"Orders"}


def test_sarif_is_valid_by_its_schema(told):
    found = json.loads(report.sarif(told))
    jsonschema.validate(found, json.loads(SCHEMA.read_text(encoding="utf-8")))
    run = found["runs"][0]
    assert [each["ruleId"] for each in run["results"]] == [each.code for each in told]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "provisioner.yaml"


def test_sarif_without_findings_is_valid_and_lists_all_rules():
    found = json.loads(report.sarif(()))
    jsonschema.validate(found, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert [each["id"] for each in found["runs"][0]["tool"]["driver"]["rules"]] == [p.code for p in validate.pages()]


def test_junit_fails_for_errors_and_in_strict_for_warnings(told):
    for strict, failures in ((False, 2), (True, 3)):
        suite = ET.fromstring(report.junit(told, strict=strict))[0]
        assert (suite.get("tests"), suite.get("failures")) == ("3", str(failures))
        assert len(suite.findall("testcase/failure")) == failures


def test_junit_without_findings_is_one_test_that_passes():
    root = ET.fromstring(report.junit(()))
    assert [case.get("name") for case in root.iter("testcase")] == ["no findings"]


def test_junit_takes_any_character():
    odd = Diagnostic("X001", "error", "a \x00 \x1b \ud800 <&> ]]>")
    assert ET.fromstring(report.junit((odd,)))[0][0][0].get("type") == "X001"


def test_a_finding_of_some_environments_names_them(told):
    from dataclasses import replace

    text = report.text((replace(told[0], environments=("prod", "test")),), source_files.lines)
    assert "[prod, test]" in text.splitlines()[0]
