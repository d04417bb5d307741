"""Which records are sent: the author's, or synthetic ones that pass the filters."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner import kql
from provisioner.model import Columns, TransformTest
from provisioner.probes.expected_row import parse_time
from provisioner.verify.sample_records import choose_records
from provisioner.verify.synthetic_records import synthetic_record
from tests.support.bound_streams import bound_stream

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
TYPES = ("string", "int", "long", "real", "boolean", "datetime", "dynamic")


def test_records_of_tests_come_before_samples():
    test = TransformTest("t", ({"a": "from a test"},), {})
    stream, flows = bound_stream("source", {"a": "string"}, tests=(test,), samples=({"a": "from samples"},))
    assert choose_records(stream, flows, NOW).records == ({"a": "from a test"},)


def test_records_that_reach_no_table_are_not_sent():
    stream, flows = bound_stream("source | where a == 'x'", {"a": "string"}, samples=({"a": "y"}, {"a": "x"}))
    chosen = choose_records(stream, flows, NOW)
    assert chosen.records == ({"a": "x"},)
    assert chosen.filtered == 1


def test_a_time_that_azure_would_replace_is_moved_to_the_present():
    record = {"t": "2020-01-01T00:00:00Z", "u": "2020-01-01T00:00:00Z"}
    stream, flows = bound_stream(
        "source | project TimeGenerated = t, u", {"t": "datetime", "u": "datetime"}, samples=(record,)
    )
    (sent,) = choose_records(stream, flows, NOW).records
    assert parse_time(sent["t"]) == NOW
    assert sent["u"] == record["u"], "only what feeds TimeGenerated"


def test_a_time_that_decides_about_the_row_stays():
    record = {"t": "2020-01-01T00:00:00Z"}
    stream, flows = bound_stream(
        "source | where t < datetime(2021-01-01) | project TimeGenerated = t", {"t": "datetime"}, samples=(record,)
    )
    assert choose_records(stream, flows, NOW).records == (record,)


def test_columns_that_stay_null_in_all_records_get_a_record_that_fills_them():
    stream, flows = bound_stream("source", {"a": "string", "b": "int", "c": "dynamic"}, samples=({"a": "x"},))
    first, filled = choose_records(stream, flows, NOW).records
    assert first == {"a": "x"}
    assert filled["a"] == "x"
    assert filled["b"] is not None
    assert filled["c"]


@pytest.mark.parametrize(
    "where",
    [
        "level == 'error'",
        "level in ('error', 'fatal') and code > 400",
        "body.kind == 'order'",
        "tostring(body.a.b) == 'x' or flag == false",
        "code between (100 .. 110)",
        "not(flag)",
        "level startswith 'warn' and message contains 'disk'",
        "toint(level) > 5 and isnotnull(todatetime(message))",
        "isnotempty(tostring(parse_json(message).user.name))",
    ],
)
def test_synthetic_records_pass_the_filters_of_the_transform(where):
    columns = {"level": "string", "message": "string", "code": "int", "flag": "boolean", "body": "dynamic"}
    stream, flows = bound_stream(f"source | where {where}", columns)
    chosen = choose_records(stream, flows, NOW)
    assert chosen.origin == "synthetic"
    assert chosen.records, "a record that passes was found"
    assert flows[0].stored_row(chosen.records[0], NOW) is not None


def test_synthetic_bags_hold_the_members_that_the_transform_looks_up():
    text = "source | project N = tostring(b.user.name), I = tolong(b['id']), T = todatetime(b.at)"
    stream, flows = bound_stream(text, {"b": "dynamic"})
    (record,) = choose_records(stream, flows, NOW).records
    row = flows[0].stored_row(record, NOW)
    assert all(value not in (None, "") for value in row.values()), row


@pytest.mark.parametrize("type_", ["guid", "datetime"])
def test_a_synthetic_text_can_become_what_the_table_holds(type_):
    """As a default transform has it: the text under another name on its way to the column of its own."""
    text = f"source | project-rename IdText = Id | extend Id = to{type_}(IdText) | project-away IdText"
    stream, flows = bound_stream(text, {"Id": "string"})
    (record,) = choose_records(stream, flows, NOW).records
    assert flows[0].stored_row(record, NOW)["Id"]


@given(
    st.dictionaries(
        st.sampled_from(["id", "ip", "when", "level", "x1", "body", "Created"]), st.sampled_from(TYPES), min_size=1
    )
)
def test_synthetic_records_have_a_value_of_its_type_in_every_column(columns):
    record = synthetic_record(columns, NOW)
    assert json.loads(json.dumps(record)) == record
    query, _ = kql.bind("source", Columns(columns).kql())
    (row,) = kql.evaluate(query, [record], form="json")
    assert all(row[name] not in (None, "") for name in columns)


def test_edge_records_reach_the_table_as_well():
    stream, flows = bound_stream(
        "source | where id != '' and n >= 0", {"id": "string", "n": "long", "b": "dynamic", "f": "boolean"}
    )
    chosen = choose_records(stream, flows, NOW, edge_cases=True)
    assert len(chosen.edge_cases) >= 2
    assert all(flows[0].stored_row(record, NOW) is not None for record in chosen.edge_cases)
    assert any(record["n"] == 2**63 - 1 for record in chosen.edge_cases)
    assert any(record["id"].endswith("x" * 500) for record in chosen.edge_cases)


def test_a_record_without_a_time_is_sent_as_its_row_gets_that_of_receipt():
    columns = {"t": "datetime", "a": "string"}
    stream, flows = bound_stream(
        "source | project TimeGenerated = t, a", columns, samples=({"a": "x"}, {"a": "y", "t": NOW.isoformat()})
    )
    chosen = choose_records(stream, flows, NOW)
    assert [record["a"] for record in chosen.records][:2] == ["x", "y"]
    assert chosen.filtered == 0
    assert flows[0].expected_row({"a": "x"}, NOW)["TimeGenerated"].expectation == "received"
