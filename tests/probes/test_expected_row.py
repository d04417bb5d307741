"""The row that a record must become: what Azure cuts, drops and replaces on the way."""

from __future__ import annotations

import datetime as dt

import pytest

from provisioner import kql
from provisioner.probes.expected_row import ExpectedCell, expected_cells

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def cells_of(transform, columns, record, table=None, now=NOW, unwritten=()):
    query, diagnostics = kql.bind(transform, columns)
    assert query is not None, diagnostics
    (row,) = kql.evaluate(query, [record], now=now, form="json")
    return expected_cells(query, row, table, now, unwritten_columns=unwritten)


@pytest.mark.parametrize(
    ("time", "expectation"),
    [
        ("2026-06-01T11:00:00Z", "value"),
        ("2026-05-30T12:00:01Z", "value"),
        ("2026-05-30T11:59:59Z", "received"),
        ("2026-06-02T11:59:59Z", "value"),
        ("2026-06-02T12:00:01Z", "received"),
        (None, "received"),
    ],
)
def test_a_time_out_of_azures_window_becomes_that_of_receipt(time, expectation):
    cells = cells_of("source", {"TimeGenerated": "datetime"}, {"TimeGenerated": time})
    assert cells["TimeGenerated"].expectation == expectation


def test_columns_that_the_table_lacks_are_not_expected():
    cells = cells_of("source", {"a": "string", "b": "string"}, {"a": "x", "b": "y"}, {"a": "string"})
    assert list(cells) == ["a"]


def test_text_beyond_the_limit_is_expected_cut():
    cell = cells_of("source", {"a": "string"}, {"a": "x" * 70_000})["a"]
    assert cell.expectation == "cut"
    assert cell.matches("x" * 65_536, NOW, NOW)
    assert not cell.matches("y" * 65_536, NOW, NOW)
    assert not cell.matches("", NOW, NOW)


def test_a_value_that_cannot_be_computed_here_is_expected_to_be_there():
    cell = cells_of("source | extend n = now()", {"a": "string"}, {"a": "x"})["n"]
    assert cell.expectation == "present"
    assert cell.matches("2026-06-01T12:00:00Z", NOW, NOW)
    assert not cell.matches(None, NOW, NOW)


def test_what_only_azure_can_look_up_may_be_anything():
    cell = cells_of("source | extend n = geo_location(a)", {"a": "string"}, {"a": "1.2.3.4"})["n"]
    assert cell.expectation == "any"
    assert cell.matches(None, NOW, NOW)
    assert cell.matches({"Country": "Norway"}, NOW, NOW)


def test_a_time_of_receipt_holds_around_the_time_of_sending_only():
    cell = ExpectedCell("received", "datetime")
    assert cell.matches("2026-06-01T12:00:30.0000000Z", NOW, NOW + dt.timedelta(minutes=1))
    assert not cell.matches("2026-06-01T13:00:00.0000000Z", NOW, NOW + dt.timedelta(minutes=1))
    assert not cell.matches(None, NOW, NOW)


def test_a_column_that_no_transform_writes_never_holds():
    cell = cells_of("source", {"a": "string"}, {"a": "x"}, {"a": "string", "b": "string"}, unwritten=("b",))["b"]
    assert not cell.matches("anything", NOW, NOW)
    assert cell.json() == "(declared in the table, never written by the transform)"
