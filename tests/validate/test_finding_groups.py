"""Findings that say the same of several names are told once to people, and kept apart for programs."""

from __future__ import annotations

import json

import pytest

from provisioner.cli.main import run
from tests.support.manifests import write_manifest

TABLE = "tables: {Orders_CL: {columns: {TimeGenerated: datetime, First: string, Second: string, Third: string}}}\n"
CASES = {
    "columns that nothing writes": (
        "transform: source | project TimeGenerated, First = one",
        "FIT002  warning: nothing writes the table's columns 'Second' and 'Third'; they are always null",
    ),
    "columns that the table lacks": (
        "transform: source | project TimeGenerated, First = one, Second = two, Third = two, Other = one, More = two",
        "FIT001  warning: 'Other' and 'More' are no columns of the table; Azure drops them in silence",
    ),
    "columns that no transform reads": (
        "transform: source | project TimeGenerated, First = 'a', Second = 'b', Third = 'c'",
        "STR006  warning: no transform reads the columns 'one' and 'two'",
    ),
    "members that the stream lacks": (
        """transform: source | extend First = one, Second = two, Third = one | project-away one, two
    samples: [{TimeGenerated: null, One: a, eleven: b}, {twelve: c}]""",
        "STR007  warning: 'One', 'eleven' and 'twelve' are no columns of the stream 'Custom-Orders': Azure drops them",
    ),
}


def stream(rest):
    return (
        f"{TABLE}streams:\n  Custom-Orders:\n    columns: {{TimeGenerated: datetime, one: string, two: string}}\n"
        f"    table: Orders_CL\n    {rest}\n"
    )


@pytest.fixture
def validate(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def output(fragment, *arguments):
        write_manifest(tmp_path, fragment)
        run(["validate", *arguments])
        return capsys.readouterr().out

    return output


@pytest.mark.parametrize("case", CASES)
def test_one_remark_names_them_all(validate, case):
    rest, remark = CASES[case]
    text = validate(stream(rest))
    assert remark in text
    assert text.count(remark.split()[0]) == 1


@pytest.mark.parametrize("case", CASES)
def test_json_keeps_them_apart_under_one_key(validate, case):
    rest, remark = CASES[case]
    findings = json.loads(validate(stream(rest), "--format", "json"))["diagnostics"]
    grouped = [finding for finding in findings if finding["code"] == remark.split()[0]]
    assert len(grouped) > 1
    assert len({finding["group"] for finding in grouped}) == 1
    assert len({finding["message"] for finding in grouped}) == len(grouped)


def test_a_hint_for_one_of_them_says_for_which(validate):
    text = validate(stream(CASES["members that the stream lacks"][0]))
    assert "hint: 'One': did you mean 'one'?" in text


def test_the_same_in_two_streams_are_two_remarks(validate):
    rest = CASES["columns that no transform reads"][0]
    second = stream(rest).replace(TABLE, "").replace("streams:\n", "").replace("Custom-Orders", "Custom-Others")
    text = validate(stream(rest) + second)
    assert text.count("no transform reads the columns 'one' and 'two'") == 2


@pytest.mark.parametrize(
    ("fragment", "line"),
    [
        ("tables: {Orders: {columns: {TimeGenerated: datetime}}}\nnonsense: 1\n", "first: provisioner.yaml:2:1 MAN"),
        (
            "tags: {a: 'Server=tcp:shop;Password=correct-horse-9;'}\nnonsense: 1\nother: 2\n",
            "first: provisioner.yaml:1:",
        ),
        ("tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}\nnonsense: 1\n", None),
    ],
    ids=["what cannot be read", "a secret", "one error is first by itself"],
)
def test_validate_ends_with_what_to_do_first(validate, fragment, line):
    last = validate(fragment).splitlines()[-1]
    assert last.startswith(line) if line else not last.startswith("first:")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("“x”", '"x"'),
        ("‘x’", "'x'"),
        ("„x“", '"x"'),
        ("«x»", '"x"'),
        ('“x"', '"x"'),
        ("′x′", "'x'"),
        ("“it's”", '"it\'s"'),
    ],
)
def test_typographic_quotes_are_one_error_with_a_fix(validate, tmp_path, written, meant):
    fragment = stream(
        f"transform: |\n      source | project TimeGenerated, First = {written}, Second = one, Third = two"
    )
    findings = json.loads(validate(fragment, "--format", "json"))["diagnostics"]
    assert [finding["code"] for finding in findings if finding["severity"] == "error"] == ["KQL002"]
    validate(fragment, "--fix")
    assert f"First = {meant}," in (tmp_path / "provisioner.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("written", "meant"), [("–", "-"), ("−", "-"), ("×", "*"), ("≥", ">="), ("≠", "!="), ("≤", "<=")]
)
def test_signs_of_word_processors_are_one_error_with_a_fix(validate, tmp_path, written, meant):
    transform = f"source | project TimeGenerated, First = tostring(strlen(one) {written} 2), Second = one, Third = two"
    fragment = stream(f"transform: |\n      {transform}")
    findings = json.loads(validate(fragment, "--format", "json"))["diagnostics"]
    assert [finding["code"] for finding in findings if finding["severity"] == "error"] == ["KQL002"]
    validate(fragment, "--fix")
    assert f"strlen(one) {meant} 2" in (tmp_path / "provisioner.yaml").read_text(encoding="utf-8")
