"""Transform tests: what a failing one tells, what is compared and what is not, and how expectations are rewritten."""

from __future__ import annotations

import json
import textwrap
import xml.etree.ElementTree as ET

import pytest
import yaml

from provisioner import load
from provisioner.cli.main import run
from provisioner.reports.format_registry import FORMATS
from provisioner.transform_tests import report, run_transform_tests
from provisioner.transform_tests.update import expectation_edits, write_edits

HEAD = """\
version: 1
name: shop
target: {subscription: 00000000-0000-0000-0000-000000000000, resource_group: rg, location: westeurope}
workspace: {name: law-shop}
tables:
  Orders_CL:
    columns: {TimeGenerated: datetime, OrderId: string, Amount: real, Raw: dynamic}
  Late_CL:
    columns: {TimeGenerated: datetime, OrderId: string}
streams:
"""
ORDER = """\
  Custom-Orders:
    columns: {placed: datetime, id: string, amount: real, raw: dynamic}
    table: Orders_CL
    transform: |
      source
      | where amount > 0
      | project TimeGenerated = placed, OrderId = id, Amount = amount, Raw = raw
    tests:
"""


@pytest.fixture
def project(tmp_path):
    """Writes a manifest and loads it."""

    def make(streams, head=HEAD):
        file = tmp_path / "provisioner.yaml"
        file.write_text(head + streams)
        document = load.load_document(file)
        assert document.manifest is not None, document.diagnostics
        return document

    return make


def by_name(document):
    return {result.name: result for result in run_transform_tests(document)}


def with_test(text):
    return ORDER + textwrap.indent(textwrap.dedent(text), "      ")


GIVEN = 'given: [{placed: "2026-01-01T10:00:00Z", id: A1, amount: 9.5, raw: {a: [1, 2]}}]'


def test_only_the_columns_that_are_named_are_compared(project):
    (result,) = run_transform_tests(project(with_test(f"- name: x\n  {GIVEN}\n  expect: [{{OrderId: A1}}]\n")))
    assert result.ok
    assert result.rows[0].actual["Amount"] == 9.5


def test_a_wrong_cell_is_shown_with_both_values(project):
    document = project(with_test(f"- name: x\n  {GIVEN}\n  expect: [{{OrderId: A1, Amount: 9.25}}]\n"))
    (result,) = run_transform_tests(document)
    assert [difference.json() for difference in result.rows[0].differences] == [
        {"column": "Amount", "expected": 9.25, "actual": 9.5}
    ]
    text = report.format_text([result])
    assert "✗ Amount" in text
    assert "✗ OrderId" not in text
    assert f"provisioner.yaml:{result.place.line}" in text


def test_a_column_that_the_transform_lost_is_named(project):
    streams = with_test(f"- name: x\n  {GIVEN}\n  expect: [{{OrderId: A1, Amount: 9.5}}]\n")
    (result,) = run_transform_tests(project(streams.replace(", Amount = amount", "")))
    assert not result.ok
    assert result.reason == "Amount is not written by the transform"
    assert "(not written by the transform)" in report.format_text([result])
    assert result.json()["rows"][0]["differences"] == [
        {"column": "Amount", "expected": 9.5, "actual": None, "absent": True}
    ]


@pytest.mark.parametrize(
    ("expect", "reason"),
    [
        ("[]", None),
        ("[{OrderId: A1}]", "1 row is missing (`amount > 0` dropped record 1)"),
    ],
)
def test_a_filtered_record_is_expected_as_no_row(project, expect, reason):
    given_yaml = GIVEN.replace("9.5", "-1.0")
    (result,) = run_transform_tests(project(with_test(f"- name: x\n  {given_yaml}\n  expect: {expect}\n")))
    assert result.reason == reason


def test_a_row_too_many_stands_alone_and_the_others_keep_their_partners(project):
    given_yaml = "given: [{id: A, amount: 1.0}, {id: B, amount: 2.0}, {id: C, amount: 3.0}]"
    (result,) = run_transform_tests(
        project(with_test(f"- name: x\n  {given_yaml}\n  expect: [{{OrderId: A}}, {{OrderId: C}}]\n"))
    )
    assert [(row.expected is None, row.ok) for row in result.rows] == [(False, True), (True, False), (False, True)]
    assert result.reason == "1 row is not expected"
    assert "there, not expected" in report.format_text([result])


def test_an_expected_error_is_found_in_the_remarks_on_the_transform(project):
    streams = with_test(f"- name: x\n  {GIVEN}\n  expect_error: amnt\n").replace("where amount", "where amnt")
    (result,) = run_transform_tests(project(streams))
    assert result.ok
    (result,) = run_transform_tests(project(streams.replace("expect_error: amnt", "expect_error: something else")))
    assert not result.ok
    assert "something else" in result.reason
    assert "amnt" in result.reason


def test_an_expected_error_that_does_not_come_fails(project):
    (result,) = run_transform_tests(project(with_test(f"- name: x\n  {GIVEN}\n  expect_error: amnt\n")))
    assert result.reason == "expected an error with 'amnt': the transform has no errors"


def test_a_broken_transform_fails_its_tests_at_the_word(project):
    document = project(with_test(f"- name: x\n  {GIVEN}\n  expect: []\n").replace("where amount", "where amnt"))
    (result,) = run_transform_tests(document)
    assert not result.ok
    position = result.diagnostics[0].place
    line = document.file.read_text().splitlines()[position.line - 1]
    assert line[position.column - 1 : position.end_column - 1] == "amnt"


def test_each_table_has_its_own_result(project):
    streams = """\
  Custom-Orders:
    columns: {placed: datetime, id: string, amount: real}
    flows:
      - {table: Orders_CL, transform: "source | project TimeGenerated = placed, OrderId = id, Amount = amount"}
      - {table: Late_CL, transform: "source | where amount > 5 | project TimeGenerated = placed, OrderId = id"}
    tests:
      - name: small and large
        given: [{id: A, amount: 1.0}, {id: B, amount: 9.0}]
        expect:
          Orders_CL: [{OrderId: A}, {OrderId: B}]
          Late_CL: [{OrderId: A}]
"""
    first, second = run_transform_tests(project(streams))
    assert (first.table, first.ok) == ("Orders_CL", True)
    assert (second.table, second.reason) == ("Late_CL", "OrderId differs")


def test_a_fixed_clock_makes_now_comparable(project):
    streams = with_test(f"""\
        - name: fixed
          now: "2026-01-01T12:00:00Z"
          {GIVEN}
          expect: [{{OrderId: A1, Amount: 2.0}}]
        - name: free
          {GIVEN}
          expect: [{{OrderId: A1, Amount: 123456.0}}]
        - name: free and null
          given: [{{id: A1, amount: 1.0}}]
          expect: [{{OrderId: A1, Amount: 123456.0}}]
        """).replace("Amount = amount", "Amount = (now() - placed) / 1h")
    results = by_name(project(streams))
    assert results["fixed"].ok
    assert results["free"].ok, "a volatile column is compared for presence only"
    assert results["free and null"].reason == "Amount differs"


def test_what_only_azure_can_look_up_is_not_compared(project):
    streams = with_test(f"- name: x\n  {GIVEN}\n  expect: [{{OrderId: A1, Raw: {{Country: Norway}}}}]\n")
    (result,) = run_transform_tests(project(streams.replace("Raw = raw", "Raw = geo_location(id)")))
    assert result.ok
    (result,) = run_transform_tests(project(streams.replace(", Raw = raw", "")))
    assert result.reason == "Raw is not written by the transform"


def test_a_clock_that_is_no_time_is_refused(project):
    (result,) = run_transform_tests(project(with_test(f"- name: x\n  now: tomorrow\n  {GIVEN}\n  expect: []\n")))
    assert result.reason == "now: 'tomorrow' is not a time"


def test_a_value_of_another_type_than_its_column_is_noted(project):
    given_yaml = 'given: [{id: 17, amount: 1.0}, {id: A1, amount: "1.0"}]'
    (result,) = run_transform_tests(project(with_test(f"- name: x\n  {given_yaml}\n  expect: [{{OrderId: '17'}}]\n")))
    assert result.ok, "the second amount is lost, and the transform drops the record"
    assert any("'id' is string, the record has 17" in note for note in result.notes)
    assert any("'amount' is real, the record has '1.0'" in note for note in result.notes)
    assert "note: column 'id'" in report.format_text([result])


def test_unknown_streams_are_refused(project):
    document = project(with_test(f"- name: x\n  {GIVEN}\n  expect: []\n"))
    with pytest.raises(ValueError, match="Custom-Nothing"):
        run_transform_tests(document, ["Custom-Nothing"])


def test_json_and_junit_have_their_public_shape(project):
    document = project(with_test(f"- name: 'a \"quoted\" <name>'\n  {GIVEN}\n  expect: [{{Amount: 1.0}}]\n"))
    results = run_transform_tests(document)
    payload = json.loads(FORMATS["test"]["json"](results))
    assert payload["version"] == 1
    assert payload["summary"] == {"passed": 0, "failed": 1}
    assert {"stream", "table", "name", "ok", "rows", "diagnostics"} <= payload["tests"][0].keys()
    root = ET.fromstring(FORMATS["test"]["junit"](results))
    case = root.find(".//testcase")
    assert case.get("name") == 'a "quoted" <name> → Orders_CL'
    assert root.get("failures") == "1"
    assert "Amount" in case.find("failure").text


# -- update


def updated(document):
    write_edits(expectation_edits(document, run_transform_tests(document)))
    return load.load_document(document.file)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[{OrderId: A2, Amount: 9.25}]", "[{OrderId: A1, Amount: 9.5}]"),
        ('[{OrderId: "A2"}]   # why', '[{OrderId: "A1"}]   # why'),
        ("[{OrderId: A1}, {OrderId: A2}]", '[{OrderId: "A1"}]'),
        ("[{OrderId: A1, Gone: 1}]", '[{OrderId: "A1"}]'),
        ("[{Raw: {a: [1]}}]", '[{Raw: {"a": [1, 2]}}]'),
        ("[{Amount: a lot}]", "[{Amount: 9.5}]"),
        ("[]", None),
        ("\n    - OrderId: A2\n      Amount: 9.25", "\n    - OrderId: A1\n      Amount: 9.5"),
        ("\n    - OrderId: A1\n    - OrderId: A2\n", '\n    - {OrderId: "A1"}\n'),
    ],
)
def test_update_changes_only_what_differs_in_the_authors_layout(project, before, after):
    streams = with_test(
        f"- name: x\n  {GIVEN}\n  expect: {before}\n- name: last\n  {GIVEN}\n  expect: [{{OrderId: A1}}]\n"
    )
    document = project(streams)
    text = document.file.read_text()
    again = updated(document)
    assert all(result.ok for result in run_transform_tests(again))
    if after is not None:
        indented = (rows.replace("\n", "\n      ") for rows in (before.rstrip(), after.rstrip()))
        assert again.file.read_text() == text.replace(*indented)


def test_update_writes_whole_rows_where_there_were_none(project):
    again = updated(project(with_test(f"- name: x\n  {GIVEN}\n  expect: []\n")))
    (test,) = again.manifest.streams["Custom-Orders"].tests
    assert test.expect["Orders_CL"] == (
        {"TimeGenerated": "2026-01-01T10:00:00Z", "OrderId": "A1", "Amount": 9.5, "Raw": {"a": [1, 2]}},
    )


def test_update_never_expects_what_azure_drops(project):
    streams = with_test(f"- name: x\n  {GIVEN}\n  expect: []\n").replace("Raw = raw", "Raw = raw, Extra = 1")
    again = updated(project(streams))
    assert "Extra" not in again.manifest.streams["Custom-Orders"].tests[0].expect["Orders_CL"][0]


def test_update_leaves_tests_alone_that_pass_or_cannot_run(project):
    streams = with_test(
        f"- name: x\n  {GIVEN}\n  expect: [{{OrderId: A1}}]\n- name: y\n  {GIVEN}\n  expect_error: zzz\n"
    )
    document = project(streams)
    assert expectation_edits(document, run_transform_tests(document)) == ()


def test_update_edits_the_file_that_holds_the_tests(project, tmp_path):
    tests = [{"name": "x", "given": [{"id": "A1", "amount": 1.0}], "expect": [{"OrderId": "A2"}]}]
    (tmp_path / "tests.yaml").write_text(yaml.safe_dump(tests))
    document = project(ORDER.replace("tests:\n", "tests: {file: tests.yaml}\n"))
    text = document.file.read_text()
    assert all(result.ok for result in run_transform_tests(updated(document)))
    assert document.file.read_text() == text
    assert yaml.safe_load((tmp_path / "tests.yaml").read_text())[0]["expect"] == [{"OrderId": "A1"}]


# -- the command


def test_the_command_answers_by_its_exit_code_and_formats(project, capsys):
    document = project(with_test(f"- name: x\n  {GIVEN}\n  expect: [{{OrderId: A2}}]\n"))
    assert run(["test", str(document.file)]) == 1
    assert "✗ OrderId" in capsys.readouterr().out
    assert run(["test", str(document.file), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["summary"] == {"passed": 0, "failed": 1}
    assert run(["test", str(document.file), "--format", "junit"]) == 1
    assert ET.fromstring(capsys.readouterr().out).get("failures") == "1"
    assert run(["test", str(document.file), "--update"]) == 0
    assert "1 passed" in capsys.readouterr().out
    assert run(["test", str(document.file), "--stream", "Custom-Nothing"]) == 64
    assert "Custom-Orders" in capsys.readouterr().err


def test_the_command_says_that_there_are_no_tests(project, capsys):
    document = project(ORDER.replace("    tests:\n", ""))
    assert run(["test", str(document.file)]) == 0
    assert capsys.readouterr().out == "no transform tests\n"


SYSLOG = """\
  Syslog:
    stream: Custom-Syslog
    table: Late_CL
    tests: [{name: of the stream, given: [{OrderId: A}], expect: [{OrderId: A}]}]
workspace_transforms:
  Syslog:
    transform: source | where Facility != "cron"
    tests: [{name: of the workspace, given: [{Facility: cron}], expect: []}]
"""


@pytest.mark.parametrize("streams", [(), ("Syslog",)])
def test_a_stream_that_is_called_as_a_transformed_table_hides_none_of_its_tests(project, streams):
    results = run_transform_tests(project(SYSLOG), streams)
    assert {result.name for result in results} == {"of the stream", "of the workspace"}
    assert all(result.ok for result in results)


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        ("test --stream Syslog", 0, "2 passed"),
        ("test --stream Event", 0, "1 passed"),
        ("test --stream Evnt", 64, "there are: Syslog, Event"),
        ("verify --stream Event", 64, "nobody sends to 'Event'"),
        ("send Event records.json --dry-run", 1, "nobody sends to 'Event'"),
    ],
)
def test_commands_know_what_the_workspace_transforms(project, tmp_path, capsys, command, code, words):
    event = "  Event:\n    transform: source | where Source != ''\n    tests: [{name: e, given: [{}], expect: []}]\n"
    project(SYSLOG.replace("workspace_transforms:\n", f"workspace_transforms:\n{event}"))
    (tmp_path / "records.json").write_text("[]")
    arguments = command.replace("records.json", str(tmp_path / "records.json")).split()
    name, *rest = arguments
    place = ["--manifest", str(tmp_path)] if name == "send" else [str(tmp_path)]
    assert run([name, *rest, *place]) == code
    assert words in "".join(capsys.readouterr())
