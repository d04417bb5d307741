"""What is kept from the page: minimal edits of the author's files, shown first, never over another's change."""

from __future__ import annotations

import json

import pytest

from provisioner import Project
from provisioner.workbench.handlers.edit_handlers import preview_expectation, preview_records, preview_transform
from provisioner.workbench.handlers.edit_handlers import write_edit as write
from provisioner.workbench.messages.edit_messages import EditWrite, ExpectationEdit, RecordsEdit, TransformEdit
from provisioner.workbench.workbench import Workbench
from tests.support.manifests import write_manifest

TABLES = "tables: {T_CL: {columns: {TimeGenerated: datetime, A: string}}}\n"
BLOCK = """\
streams:
  Custom-S:
    columns: {t: datetime, a: string}
    table: T_CL   # a comment that stays
    transform: |
      source
      | project TimeGenerated = t, A = a
"""
FLOWS = """\
streams:
  Custom-S:
    columns: {t: datetime, a: string}
    flows:
      - table: T_CL
        transform: |
          source | project TimeGenerated = t
"""
NEW = 'source\n| where a != ""\n| project TimeGenerated = t, A = toupper(a)\n'


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def make(streams=BLOCK, **files):
        for name, text in files.items():
            (tmp_path / name.replace("__", ".")).write_text(text, encoding="utf-8")
        write_manifest(tmp_path, TABLES + streams)
        return Workbench(tmp_path)

    return make


def changed_lines(preview, sign):
    return [
        line[1:]
        for line in preview.diff.splitlines()
        if line.startswith(sign) and not line.startswith((sign * 3, f"{sign}{sign}{sign}"))
    ]


def transform_of(workbench, table="T_CL"):
    (flow,) = [one for one in workbench.project.manifest.streams["Custom-S"].flows if one.table == table]
    return flow.transform.rstrip("\n")


@pytest.mark.parametrize(
    "streams",
    [
        BLOCK,
        BLOCK.replace("transform: |\n      source\n      | project TimeGenerated = t, A = a\n", "transform: source\n"),
        BLOCK.replace("    transform: |\n      source\n      | project TimeGenerated = t, A = a\n", ""),
        BLOCK.replace(
            "transform: |\n      source\n      | project TimeGenerated = t, A = a\n",
            'transform: "source | project TimeGenerated = t"\n',
        ),
        FLOWS,
        "streams: {Custom-S: {columns: {t: datetime, a: string}, table: T_CL, transform: source}}\n",
    ],
    ids=["block", "word", "none", "quoted", "flows", "flow style"],
)
def test_a_saved_transform_is_what_the_manifest_then_says(shop, streams):
    workbench = shop(streams)
    preview = preview_transform(workbench, TransformEdit("Custom-S", "T_CL", NEW))
    assert preview.problem is None
    assert transform_of(workbench) != NEW.rstrip("\n")
    assert write(workbench, EditWrite(preview.id)).written == ("provisioner.yaml",)
    assert transform_of(workbench) == NEW.rstrip("\n")


def test_only_the_lines_that_differ_are_touched(shop):
    workbench = shop()
    preview = preview_transform(workbench, TransformEdit("Custom-S", "T_CL", NEW))
    assert changed_lines(preview, "-") == ["      | project TimeGenerated = t, A = a"]
    write(workbench, EditWrite(preview.id))
    assert "# a comment that stays" in workbench.project.document.file.read_text()


def test_a_transform_in_a_file_of_its_own_is_changed_there(shop):
    streams = "streams:\n  Custom-S: {columns: {t: datetime, a: string}, table: T_CL, transform: {file: s.kql}}\n"
    workbench = shop(streams, s__kql="source\n| project TimeGenerated = t\n")
    preview = preview_transform(workbench, TransformEdit("Custom-S", "T_CL", NEW))
    assert preview.files == ("s.kql",)
    write(workbench, EditWrite(preview.id))
    assert transform_of(workbench) == NEW.rstrip("\n")


def test_a_file_that_has_changed_since_is_told_and_never_overwritten(shop, tmp_path):
    workbench = shop()
    preview = preview_transform(workbench, TransformEdit("Custom-S", "T_CL", NEW))
    manifest = tmp_path / "provisioner.yaml"
    theirs = manifest.read_text().replace("a comment that stays", "another's work")
    manifest.write_text(theirs)
    outcome = write(workbench, EditWrite(preview.id))
    assert (outcome.written, outcome.conflicts) == ((), ("provisioner.yaml",))
    assert manifest.read_text() == theirs
    manifest.unlink()
    assert write(workbench, EditWrite(preview.id)).conflicts == ("provisioner.yaml",)


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        (TransformEdit("Custom-None", "T_CL", NEW), "no flow from Custom-None"),
        (TransformEdit("Custom-S", "Other_CL", NEW), "no flow from Custom-S to Other_CL"),
        (TransformEdit("Custom-S", "T_CL", "source\n| project TimeGenerated = t, A = a\n"), "nothing changes"),
    ],
)
def test_what_cannot_be_saved_is_told_in_words(shop, request_, problem):
    assert problem in preview_transform(shop(), request_).problem


def test_a_folded_transform_is_left_alone(shop):
    workbench = shop(BLOCK.replace("transform: |", "transform: >"))
    preview = preview_transform(workbench, TransformEdit("Custom-S", "T_CL", NEW))
    if preview.problem is None:
        write(workbench, EditWrite(preview.id))
        assert transform_of(workbench) == NEW.rstrip("\n")
    else:
        assert "folded" in preview.problem


RECORD = {"t": "2026-01-01T10:00:00Z", "a": 'it\'s: "odd" # [x]\nü'}


def keep(workbench, keep_as, name="", records=(RECORD,), numbers=(0,)):
    kept = workbench.records.add(list(records))
    request = RecordsEdit("Custom-S", "T_CL", keep_as, name, kept.id, numbers, transform_of(workbench))
    preview = preview_records(workbench, request)
    if preview.problem is None:
        assert write(workbench, EditWrite(preview.id)).conflicts == ()
    return preview


SAMPLES = {
    "none": ("", {}),
    "list": ('    samples: [{t: "2026-01-01T00:00:00Z", a: x}]\n', {}),
    "empty list": ("    samples: []\n", {}),
    "block": ('    samples:\n      - {t: "2026-01-01T00:00:00Z", a: x}   # first\n      # behind\n', {}),
    "block of blocks": ('    samples:\n      - t: "2026-01-01T00:00:00Z"\n        a: x\n', {}),
    "json": ("    samples: {file: s.json}\n", {"s__json": '[\n  {"a": "x"}\n]\n'}),
    "empty json": ("    samples: {file: s.json}\n", {"s__json": "[]\n"}),
    "ndjson": ("    samples: {file: s.ndjson}\n", {"s__ndjson": '{"a": "x"}\n{"a": "y"}\n'}),
}


@pytest.mark.parametrize("form", SAMPLES)
def test_a_kept_sample_is_the_last_one_however_samples_are_written(shop, form):
    text, files = SAMPLES[form]
    workbench = shop(BLOCK + text, **files)
    before = workbench.project.manifest.streams["Custom-S"].samples
    assert keep(workbench, "sample").problem is None
    after = workbench.project.manifest.streams["Custom-S"].samples
    assert [dict(record) for record in after] == [*map(dict, before), RECORD]
    assert not [one for one in workbench.project.diagnostics if one.severity == "error"]


def test_a_sample_is_not_put_into_a_table_of_texts(shop):
    workbench = shop(BLOCK + "    samples: {file: s.csv}\n", s__csv="t,a\n2026-01-01T00:00:00Z,x\n")
    assert "by hand" in keep(workbench, "sample").problem


TESTS = {
    "none": ("", {}),
    "block": ("    tests:\n      - name: first\n        given: []\n        expect: []\n", {}),
    "flow": ("    tests: [{name: first, given: [], expect: []}]\n", {}),
    "file": ("    tests: {file: tests.yaml}\n", {"tests__yaml": "- name: first\n  given: []\n  expect: []\n"}),
}


@pytest.mark.parametrize("form", TESTS)
def test_a_kept_test_passes_however_tests_are_written(shop, form):
    text, files = TESTS[form]
    workbench = shop(BLOCK + text, **files)
    assert keep(workbench, "test", "an odd text: # stays").problem is None
    results = workbench.project.test()
    assert results[-1].name == "an odd text: # stays"
    assert all(result.ok for result in results)
    assert results[-1].rows[0].expected["A"] == RECORD["a"]


@pytest.mark.parametrize(
    ("name", "records", "problem"),
    [("", [RECORD], "needs a name"), ("  ", [RECORD], "needs a name"), ("x", [RECORD] * 21, "a few records")],
)
def test_a_test_that_would_show_nothing_is_not_kept(shop, name, records, problem):
    assert problem in keep(shop(), "test", name, records, numbers=()).problem


def test_two_tests_of_one_name_are_not_kept(shop):
    workbench = shop()
    assert keep(workbench, "test", "same").problem is None
    assert "already" in keep(workbench, "test", "same").problem


def test_with_several_flows_a_test_says_for_which_table(shop):
    second = "      - {table: Syslog, transform: 'source | project TimeGenerated = t'}\n"
    workbench = shop(FLOWS.replace("TimeGenerated = t\n", "TimeGenerated = t, A = a\n") + second)
    assert keep(workbench, "test", "one of two").problem is None
    (test,) = workbench.project.manifest.streams["Custom-S"].tests
    assert list(test.expect) == ["T_CL"]
    assert all(result.ok for result in workbench.project.test())


def test_a_failed_test_can_expect_what_comes_now(shop):
    tests = """\
    tests:
      - {name: one, given: [{a: x}], expect: [{A: y}]}
      - {name: two, given: [], expect: []}
"""
    workbench = shop(BLOCK + tests)
    preview = preview_expectation(workbench, ExpectationEdit("Custom-S", "one"))
    assert write(workbench, EditWrite(preview.id)).written
    assert all(result.ok for result in workbench.project.test())
    assert "already" in preview_expectation(workbench, ExpectationEdit("Custom-S", "two")).problem


def test_a_file_outside_of_the_project_is_never_written(shop, tmp_path):
    from provisioner.diagnostics import Edit, Span

    workbench = shop()
    outside = tmp_path.parent / f"{tmp_path.name}-outside.txt"
    outside.write_text("theirs")
    with pytest.raises(PermissionError, match="not inside"):
        workbench.edits.preview([Edit(Span(0, 0), "x", str(outside))], workbench.project.document.root)
    assert outside.read_text() == "theirs"


def test_windows_line_ends_and_a_byte_order_mark_stay(shop, tmp_path):
    workbench = shop()
    manifest = tmp_path / "provisioner.yaml"
    text = "\ufeff" + manifest.read_text().replace("\n", "\r\n")
    with manifest.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
    preview = preview_transform(workbench, TransformEdit("Custom-S", "T_CL", NEW))
    write(workbench, EditWrite(preview.id))
    written = manifest.read_bytes().decode("utf-8")
    assert written.startswith("\ufeff")
    assert written.count("\n") == written.count("\r\n")
    assert transform_of(workbench).replace("\r\n", "\n") == NEW.rstrip("\n")
    assert json.dumps(RECORD)
    assert Project.load(tmp_path).document.manifest is not None
