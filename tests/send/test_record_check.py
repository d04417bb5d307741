"""What is said of a record before it is sent is what the service then does with it."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.kql.values.json_coercion import value_loss
from provisioner.model import Columns, Flow, Stream
from provisioner.model.column_types import TYPES
from provisioner.send.record_check import RecordCheck

NOW = dt.datetime(2026, 1, 10, tzinfo=dt.UTC)


def check(columns, plan="analytics", *, is_plain=True):
    stream = Stream("Custom-S", "Custom-S", Columns(columns), (Flow("T_CL"),))
    return RecordCheck(stream, [plan], NOW, is_plain=is_plain)


JSON_VALUES = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5) | st.datetimes().map(lambda time: f"{time.isoformat()}Z") | st.uuids().map(str)
    | st.sampled_from(["2026-01-10", "20260110T000000Z", "2026-01-10T00:00:00", "2026-W02-6T00:00Z"])
    | st.just([1]) | st.just({"a": 1})
)  # fmt: skip


@settings(deadline=None)
@given(JSON_VALUES, st.sampled_from(sorted(TYPES)), st.sampled_from(["analytics", "basic", "auxiliary"]))
def test_the_quick_look_says_what_the_table_of_coercions_says(value, type_, plan):
    checked = check({"c": type_}, plan)
    refusal = checked.refusal({"c": value}, 10)
    loss = value_loss(value, type_, plan)
    assert (refusal is not None) == (loss is not None and loss.is_refusal)
    assert bool(checked.warnings.items()) == (loss is not None and not loss.is_refusal)


@settings(deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries({}, optional={"c": JSON_VALUES, "TimeGenerated": JSON_VALUES, "x": st.none()}), max_size=3
    ),
    st.sampled_from(sorted(TYPES)),
    st.sampled_from(["datetime", "string", None]),
    st.sampled_from(["analytics", "auxiliary"]),
    st.booleans(),
)
def test_a_batch_is_sure_only_where_there_is_nothing_to_say_of_any_record(records, type_, time_type, plan, is_plain):
    columns = {"c": type_, **({"TimeGenerated": time_type} if time_type else {})}
    one_by_one = check(columns, plan, is_plain=is_plain)
    is_clean = all(one_by_one.refusal(record, 10) is None for record in records) and not one_by_one.warnings.items()
    assert is_clean or not check(columns, plan, is_plain=is_plain).is_sure_of(records, 10)


def test_a_batch_of_common_records_is_sure():
    columns = {"TimeGenerated": "datetime", "c": "int", "r": "real", "s": "string", "b": "boolean", "d": "dynamic"}
    records = [{"TimeGenerated": "2026-01-10T00:00:00Z", "c": 1, "r": 1.5, "s": "x", "b": True, "d": {}}, {
        "TimeGenerated": "2026-01-09T00:00:00.123456+00:00", "c": None, "r": 1}]  # fmt: skip
    assert check(columns).is_sure_of(records, 10)
    assert not check(columns).is_sure_of(records, 70_000)


@pytest.mark.parametrize(
    ("value", "text"), [([1], "a list"), (None, "null"), ("x", "a text"), (7, "a int"), (True, "a bool")]
)
def test_what_is_no_object_is_refused(value, text):
    assert text in check({"c": "string"}).refusal(value, 1)


def test_unknown_members_are_counted_with_the_name_they_may_mean():
    checked = check({"Level": "string"})
    for _ in range(3):
        assert checked.refusal({"level": "x"}, 10) is None
    ((reason, count),) = checked.warnings.items()
    assert count == 3
    assert "it has Level, and names differ by case" in reason


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (None, "missing"),
        ("2026-01-07T00:00:00Z", "2 days old"),
        ("2026-01-11T00:00:01Z", "1 day ahead"),
        ("2026-01-08T00:00:00Z", ""),
        ("2026-01-11T00:00:00+00:00", ""),
    ],
)
def test_a_time_that_azure_replaces_is_told(time, text):
    checked = check({"TimeGenerated": "datetime"})
    checked.refusal({} if time is None else {"TimeGenerated": time}, 10)
    reasons = [reason for reason, _ in checked.warnings.items()]
    assert ([text in reason for reason in reasons] == [True]) if text else reasons == []


def test_a_long_text_is_told_to_be_cut():
    checked = check({"a": "string", "b": "dynamic"})
    checked.refusal({"a": "é" * 40_000, "b": "é" * 40_000}, 160_000)
    assert checked.warnings.items() == [("a: a text longer than 64 KB is cut", 1)]


def test_reasons_without_end_are_counted_together():
    checked = check({"a": "string"})
    for number in range(1000):
        checked.refusal({f"n{number}": 1}, 10)
    assert len(checked.warnings.items()) <= 201
    assert checked.warnings.total == 1000
