"""Flows that divide a stream by `where`: each gets a record that passes its own condition."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.verify.sample_records import choose_records
from tests.support.bound_streams import bound_stream

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
COLUMNS = {
    "TimeGenerated": "datetime",
    "event": "string",
    "kind": "string",
    "level": "int",
    "ok": "boolean",
    "v": "real",
}


def reached(conditions, **fields):
    """How many records each flow stores, by the table."""
    transforms = {f"T{n}_CL": f"source | where {condition}" for n, condition in enumerate(conditions)}
    stream, flows = bound_stream(transforms, COLUMNS, **fields)
    chosen = choose_records(stream, flows, NOW)
    counts = [sum(flow.stored_row(record, NOW) is not None for record in chosen.records) for flow in flows]
    return counts, chosen


@pytest.mark.parametrize(
    "conditions",
    [
        ["event == 'File'", "event == 'Srv'"],
        ["kind == 'T'", "kind != 'T'"],
        ["event == 'a'", "event == 'b'", "event == 'c'", "event !in ('a', 'b', 'c')"],
        ["level > 100", "level <= 100"],
        ["level between (3 .. 5)", "level !between (3 .. 5)"],
        ["ok == true", "ok == false"],
        ["event has 'login'", "event startswith 'logout'", "not(event has 'login') and not(event startswith 'logout')"],
        ["event == 'a' and kind == 'b' and level == 7 and ok == false", "event != 'a'"],
        ["event in ('x', 'y') and level >= 40 and v < 0", "event =~ 'Z' and kind endswith 'q' and ok == true"],
    ],
    ids=" / ".join,
)
def test_every_flow_is_reached(conditions):
    counts, chosen = reached(conditions)
    assert all(counts), list(zip(conditions, counts, strict=True))
    assert len(chosen.records) <= len(conditions)
    assert chosen.origin == "synthetic"


def test_one_record_serves_the_flows_that_it_passes():
    counts, chosen = reached(["event == 'File'", "isnotempty(event)", "level > 0 or event == 'x'"])
    assert len(chosen.records) == 1
    assert counts == [1, 1, 1]


def test_the_authors_records_come_first_and_the_missed_flow_gets_one_of_ours():
    sample = {"TimeGenerated": NOW.isoformat(), "event": "File", "kind": "k", "level": 1, "ok": True, "v": 1.0}
    counts, chosen = reached(["event == 'File'", "event == 'Srv'"], samples=(sample,))
    assert chosen.origin == "samples"
    assert chosen.records[0] == sample
    assert all(counts)


def test_a_flow_that_nothing_passes_keeps_no_other_from_its_record():
    counts, _ = reached(["event == 'a' and event == 'b'", "event == 'b'"])
    assert counts == [0, 1]


WORDS = st.text("abcdefgh", min_size=1, max_size=4)


@settings(deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=6, unique=True), st.sampled_from(["==", "=~", "has", "startswith"]))
def test_any_number_of_flows_by_the_value_of_a_column_are_all_reached(words, operator):
    assert all(reached([f"event {operator} '{word}'" for word in words])[0])
