"""Where a marker stands: it comes out in the table and changes nothing else."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.model import column_type
from provisioner.verify.marker import MARKER_PREFIX, contains_marker, mark_record, new_run_id
from provisioner.verify.sample_records import choose_records
from tests.support import corpus
from tests.support.bound_streams import bound_stream

GUID = "6f9619ff-8b86-4d01-b42d-00c04fc964ff"
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("transform", "columns", "record", "where"),
    [
        ("source", {"a": "string"}, {"a": "x"}, "a"),
        ("source | project B = toupper(a)", {"a": "string"}, {"a": "x"}, "B"),
        ("source | project B = a, N = strlen(a)", {"a": "string", "b": "string"}, {"a": "x", "b": "y"}, None),
        ("source | where a == 'x' | project a, C = b", {"a": "string", "b": "string"}, {"a": "x", "b": "y"}, "C"),
        ("source | project A = tostring(o.id)", {"o": "dynamic"}, {"o": {"id": "1"}}, "A"),
        ("source | project A = o", {"o": "dynamic"}, {"o": {"n": 1}}, "A"),
        ("source | project G = toguid(g), A = a", {"g": "string", "a": "string"}, {"g": GUID, "a": "x"}, "A"),
        ("source | project A = a", {"a": "string", "n": "int"}, {"n": 1}, "A"),
        ("source | project N = n", {"n": "int"}, {"n": 1}, None),
        ("source | extend h = hash_sha256(a) | project h", {"a": "string"}, {"a": "x"}, None),
        ("source | parse a with 'id=' Id ' ' Rest | project Id, Rest", {"a": "string"}, {"a": "id=7 tail"}, "Rest"),
    ],
)  # fmt: skip
def test_the_marker_stands_where_it_survives_and_changes_nothing_else(transform, columns, record, where):
    stream, flows = bound_stream(transform, columns)
    marker = f"{new_run_id()}-0"
    marked = mark_record(record, stream.columns, flows, marker, NOW)
    assert marked.columns.get("T_CL") == where
    before, after = flows[0].stored_row(record, NOW), flows[0].stored_row(marked.record, NOW)
    if where is None:
        assert marked.record == record
    else:
        assert contains_marker(after[where], marker)
        assert {name for name in after if after[name] != before[name]} <= {
            name for name in after if contains_marker(after[name], marker)
        }


def test_a_marker_reaches_every_table_of_the_stream():
    flows = {
        "T_CL": "source | project TimeGenerated = t, A = a",
        "U_CL": "source | where n > 1 | project TimeGenerated = t, B = b",
    }
    stream, flows = bound_stream(flows, {"t": "datetime", "a": "string", "b": "string", "n": "int"})
    marked = mark_record(
        {"t": "2026-06-01T12:00:00Z", "a": "x", "b": "y", "n": 5}, stream.columns, flows, f"{new_run_id()}-0", NOW
    )
    assert marked.columns == {"T_CL": "A", "U_CL": "B"}
    marked = mark_record(
        {"t": "2026-06-01T12:00:00Z", "a": "x", "b": "y", "n": 0}, stream.columns, flows, f"{new_run_id()}-0", NOW
    )
    assert marked.columns == {"T_CL": "A"}


def test_a_marker_behind_text_that_azure_cuts_does_not_count():
    stream, flows = bound_stream("source", {"a": "string", "b": "string"})
    marked = mark_record({"a": "x" * 70_000, "b": "y"}, stream.columns, flows, f"{new_run_id()}-0", NOW)
    assert marked.columns == {"T_CL": "a"} or marked.columns == {"T_CL": "b"}
    row = flows[0].stored_row(marked.record, NOW)
    assert contains_marker(row[marked.columns["T_CL"]], MARKER_PREFIX)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from("abcd"),
        st.recursive(
            st.none() | st.booleans() | st.integers(-5, 5) | st.text("xy z", max_size=5),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("pq"), inner, max_size=2),
            max_leaves=6,
        ),
    )
)  # fmt: skip
def test_a_marked_record_is_the_record_but_for_the_marker(record):
    stream, flows = bound_stream("source", dict.fromkeys("abcd", "dynamic"))
    original = json.dumps(record, sort_keys=True)
    marker = f"{new_run_id()}-7"
    marked = mark_record(record, stream.columns, flows, marker, NOW)
    assert json.dumps(record, sort_keys=True) == original, "the author's record is never changed"
    if marked.columns:
        assert contains_marker(marked.record, marker)


@pytest.mark.skipif(not corpus.CORPUS.exists(), reason="the corpus of published transforms is not beside the project")
def test_published_transforms_are_probed_with_synthetic_records():
    """From nothing but columns and transform: a record that comes through, and a marker wherever one can survive."""
    marked = without = 0
    for connector in corpus.connectors():
        columns = {column["name"]: column["type"] for column in connector["streamColumns"]}
        columns = {name: column.name if (column := column_type(type_)) else "string" for name, type_ in columns.items()}
        stream, flows = bound_stream(connector["transformKql"], columns)
        chosen = choose_records(stream, flows, NOW)
        without += not chosen.records
        for record in chosen.records:
            marker = f"{new_run_id()}-0"
            marked_record = mark_record(record, stream.columns, flows, marker, NOW)
            before, after = flows[0].stored_row(record, NOW), flows[0].stored_row(marked_record.record, NOW)
            for name in after.keys() - flows[0].query.volatile:
                assert contains_marker(after[name], marker) or after[name] == before[name], (connector["id"], name)
            marked += bool(marked_record.columns)
            assert all(contains_marker(after[name], marker) for name in marked_record.columns.values())
    assert marked >= 150
    assert without <= 3, "one that drops everything, and those that split a text whose shape cannot be guessed"
