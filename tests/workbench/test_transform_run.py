"""A transform over records, as the page shows it: fates of columns, reasons for nulls, who dropped a record, steps."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.workbench.messages.project_messages import Column
from provisioner.workbench.record_store import MAX_RECORDS_BYTES, RecordStore, UnknownRecords
from provisioner.workbench.transform_run import SHOWN_RECORDS, pipeline_steps, run_step, run_transform

COLUMNS = (Column("time", "datetime"), Column("level", "string"), Column("data", "dynamic"), Column("n", "long"))
TABLE = (Column("TimeGenerated", "datetime"), Column("Level", "string"), Column("Size", "int"), Column("Never", "real"))
RECORDS = [
    {"time": "2026-01-01T10:00:00Z", "level": "warn", "data": {"size": 3}, "n": 1},
    {"time": "2026-01-01T10:00:01Z", "level": "debug", "data": {"size": 4}, "n": 2},
    {"time": "2026-01-01T10:00:02Z", "level": "warn", "data": {"size": "many"}},
]
TEXT = """source
| where level != "debug"
| extend size = toint(data.size)
| project TimeGenerated = time, Level = level, Size = size, Extra = n
"""


def run(text=TEXT, records=RECORDS, table=TABLE, now=None):
    return run_transform(text, COLUMNS, records, table, now)


def test_rows_say_which_record_they_came_of_and_why_a_cell_is_null():
    result = run()
    assert [(row.record, row.values["Level"]) for row in result.rows] == [(0, "warn"), (2, "warn")]
    assert result.rows[0].nulls == {}
    assert result.rows[1].nulls == {"Size": "toint(data.size) is null", "Extra": "the record has no n"}


def test_the_table_s_part_is_told_for_each_column():
    result = run()
    assert {column.name: column.fate for column in result.columns} == {
        "TimeGenerated": "kept",
        "Level": "kept",
        "Size": "kept",
        "Extra": "dropped",
    }
    assert [column.name for column in result.unwritten] == ["Never"]
    assert {column.fate for column in run(table=()).columns} == {"kept"}


def test_another_type_than_the_table_s_is_refused():
    table = (*TABLE[:2], Column("Size", "string"))
    assert {column.name: column.fate for column in run(table=table).columns}["Size"] == "refused"


def test_a_dropped_record_names_its_condition_and_where_it_stands():
    (dropped,) = run().dropped
    assert (dropped.record, dropped.condition) == (1, 'level != "debug"')
    assert TEXT[dropped.start : dropped.end] == 'level != "debug"'


def test_records_without_a_condition_that_dropped_them_are_told_too():
    (dropped,) = run("source | where false or level == 'x' | project TimeGenerated = time", RECORDS[:1]).dropped
    assert dropped.condition is not None


@pytest.mark.parametrize(
    "text", ["", "source |", "source | where", "source | nonsense", "source | project Y = missing"]
)
def test_a_text_with_errors_has_findings_and_no_rows(text):
    result = run(text)
    assert not result.bound
    assert result.rows == ()
    assert any(finding.severity == "error" for finding in result.findings)


def test_each_step_has_its_rows():
    steps = list(pipeline_steps(TEXT))
    assert [step.text.split()[0] for step in steps] == ["where", "extend", "project"]
    counts = [run_step(TEXT, COLUMNS, RECORDS, step, None).row_count for step in range(4)]
    assert counts == [3, 2, 2, 2]
    assert [column.name for column in run_step(TEXT, COLUMNS, RECORDS, 2, None).columns][-1] == "size"
    assert run_step(TEXT, COLUMNS, RECORDS, 4, None) is None
    assert run_step(TEXT, COLUMNS, RECORDS, -1, None) is None


def test_statements_before_the_pipeline_count_for_every_step():
    text = "let limit = 1;\nsource | where n > limit | project TimeGenerated = time"
    assert [run_step(text, COLUMNS, RECORDS, step, None).row_count for step in range(3)] == [3, 1, 1]


def test_a_step_before_the_mistake_can_still_be_looked_at():
    text = "source | where n > 1 | project Y = missing"
    assert run_step(text, COLUMNS, RECORDS, 1, None).row_count == 1
    assert run_step(text, COLUMNS, RECORDS, 2, None) is None


def test_of_many_records_the_first_are_followed_and_all_are_counted():
    records = [{"time": "2026-01-01T10:00:00Z", "level": "warn", "n": number} for number in range(1000)]
    result = run(records=records)
    assert (result.record_count, result.row_count, result.shown_records) == (1000, 1000, SHOWN_RECORDS)
    assert len(result.rows) == SHOWN_RECORDS


def test_the_clock_can_be_set():
    result = run("source | project TimeGenerated = now()", RECORDS[:1], now="2026-02-03T00:00:00Z")
    assert result.rows[0].values["TimeGenerated"].startswith("2026-02-03T00:00:00")


@given(text=st.text(max_size=40) | st.sampled_from([TEXT[:end] for end in range(0, len(TEXT), 7)]))
@settings(max_examples=60, deadline=None)
def test_whatever_is_typed_has_an_answer(text):
    result = run(text)
    assert result.bound or result.findings
    for step in range(len(result.steps) + 1):
        run_step(text, COLUMNS, RECORDS, step, None)


@pytest.mark.parametrize(
    ("text", "name", "count"),
    [
        ('[{"a": 1}, {"a": 2}]', "x.json", 2),
        ('{"a": 1}\n{"a": 2}\n{"a": 3}', "x.ndjson", 3),
        ('{"a": 1}', "", 1),
        ("a,b\n1,2\n3,4\n", "x.csv", 2),
        ("a\tb\n1\t2\n", "x.TSV", 1),
        ("[]", "x.json", 0),
    ],
)
def test_records_are_read_in_the_forms_of_samples(text, name, count):
    store = RecordStore()
    taken = store.add_text(text, name)
    assert taken.problem is None
    assert taken.count == count
    assert len(store.get(taken.id)) == count


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1,]', "not JSON"),
        ("[1, 2]", "a record is a JSON object"),
        ("", "no records"),
        ("[" * 100_000, "nests too deeply"),
        ('{"a": NaN}', "no JSON value"),
        ("x" * (MAX_RECORDS_BYTES + 1), "larger than 8 MiB"),
    ],
    ids=["comma", "numbers", "empty", "deep", "nan", "large"],
)
def test_what_holds_no_records_is_refused_in_words(text, message):
    taken = RecordStore().add_text(text, "x.json")
    assert taken.id == ""
    assert message in taken.problem.message


def test_only_the_last_sets_are_kept():
    store = RecordStore()
    first = store.add([{"a": -1}])
    for number in range(100):
        store.add([{"a": number}])
    with pytest.raises(UnknownRecords):
        store.get(first.id)
