"""The query dialect: what the operators make of many rows, by case and by law."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner import kql
from tests.support.paths import CASES

QUERY_CASES = CASES / "kql" / "query"
COLUMNS = {"k": "string", "x": "long", "r": "real", "d": "dynamic"}
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "k": st.sampled_from(["", "a", "b"]),
            "x": st.none() | st.integers(-5, 5) | st.sampled_from([2**63 - 1, -(2**63)]),
            "r": st.none() | st.floats(),
            "d": st.none() | st.lists(st.integers(0, 3), max_size=3) | st.just({"p": 1}) | st.just("text"),
        }
    ),
    max_size=12,
)


def read_cases() -> list[Any]:
    """Blocks of a query, `=> columns` and rows; a line that starts with # is a remark."""
    cases = []
    for path in sorted(QUERY_CASES.glob("*.txt")):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        for number, block in enumerate("\n".join(lines).strip().split("\n\n"), 1):
            query, _, rest = block.partition("\n=> ")
            columns, *rows = rest.split("\n")
            typed = dict(column.rsplit(" ", 1) for column in columns.split(", "))
            cases.append(pytest.param(query, typed, [json.loads(row) for row in rows], id=f"{path.stem}:{number}"))
    return cases


def run(text: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a query over the table T."""
    query, diagnostics = kql.bind(text, tables={"T": COLUMNS}, dialect="query")
    assert query is not None, diagnostics
    return list(kql.evaluate(query, {"T": records}, form="json"))


@pytest.mark.parametrize(("text", "columns", "expected"), read_cases())
def test_a_query_gives_what_its_block_says(text: str, columns: dict[str, str], expected: list[Any]) -> None:
    """Columns with their types in order, and rows in order."""
    query, diagnostics = kql.bind(text, {}, dialect="query")
    assert query is not None, diagnostics
    assert list(query.columns.items()) == list(columns.items())
    rows = [list(row.values()) for row in kql.evaluate(query, [{}], form="json")]
    assert json.dumps(rows) == json.dumps(expected)


@settings(max_examples=60)
@given(RECORDS)
def test_groups_hold_every_row_once(records: list[dict[str, Any]]) -> None:
    """Counts by key add up, and are Python's own."""
    for key in ("k", "x"):
        rows = run(f"T | summarize n = count() by {key}", records)
        assert {row[key]: row["n"] for row in rows} == Counter(record[key] for record in records)


@settings(max_examples=60)
@given(RECORDS)
def test_sorting_keeps_the_rows_and_orders_them(records: list[dict[str, Any]]) -> None:
    """Null is the smallest; falling is rising backwards; equal rows keep their order."""
    rising = [row["x"] for row in run("T | sort by x asc", records)]
    assert rising == sorted((record["x"] for record in records), key=lambda x: (x is not None, x or 0))
    assert [row["x"] for row in run("T | sort by x", records)] == rising[::-1]
    same = run("T | extend one = 1 | sort by one | project-away one", records)
    assert json.dumps(same) == json.dumps(run("T", records))


@settings(max_examples=60)
@given(RECORDS, st.integers(0, 15))
def test_top_is_sort_and_take(records: list[dict[str, Any]], count: int) -> None:
    """And neither gives more rows than asked for."""
    top = run(f"T | top {count} by x", records)
    assert json.dumps(top) == json.dumps(run(f"T | sort by x | take {count}", records))
    assert len(top) == min(count, len(records))


@settings(max_examples=60)
@given(RECORDS)
def test_distinct_twice_is_distinct_once(records: list[dict[str, Any]]) -> None:
    """And it is what summarize without aggregates gives."""
    once = run("T | distinct k, x", records)
    assert once == run("T | distinct k, x | distinct k, x", records)
    assert once == run("T | summarize by k, x", records)


@settings(max_examples=60)
@given(RECORDS)
def test_no_rows_make_an_aggregate_raise(records: list[dict[str, Any]]) -> None:
    """NaN, nulls, numbers at the edge of 64 bits and dynamics of every shape."""
    text = (
        "T | summarize count(), sum(x), avg(x), min(r), max(r), sum(r), stdev(r), dcount(d), make_list(d), make_set(d),"
        " percentile(r, 50), make_bag(d), take_any(d), arg_max(r, d), binary_all_or(x) by k"
    )
    for row in run(text, records):
        json.dumps(row)
    for row in run("T | mv-expand d | summarize make_set(d), arg_min(x, *) by r | sort by r asc", records):
        json.dumps(row)


@settings(max_examples=60)
@given(RECORDS)
def test_expanding_gives_as_many_rows_as_there_are_members(records: list[dict[str, Any]]) -> None:
    """An empty array gives none, a null or a single value one."""
    sizes = [len(record["d"]) if isinstance(record["d"], (list, dict)) else 1 for record in records]
    assert len(run("T | mv-expand d", records)) == sum(sizes)


def test_a_union_names_the_table_of_each_row_when_asked():
    tables = {"A": {"x": "long", "y": "string"}, "B": {"x": "long"}}
    rows = {"A": [{"x": 1, "y": "a"}], "B": [{"x": 2}]}
    for text, names in (
        ("union withsource=T A, B", ["A", "B"]),
        ("A | union withsource=T B", ["union_arg0", "B"]),
        ("let L = A; union withsource=T L, (B | where x > 0)", ["union_arg0", "union_arg1"]),
        ("union isfuzzy=true withsource=T A, Missing, B", ["A", "B"]),
        ("union withsource=T (A | as One), (B | take 5 | as Two)", ["One", "Two"]),
    ):
        query, diagnostics = kql.bind(f"{text} | project T, x", tables=tables, dialect="query")
        assert query is not None, diagnostics
        assert list(kql.evaluate(query, rows)) == [{"T": names[0], "x": 1}, {"T": names[1], "x": 2}]
    missing, _ = kql.bind(
        "A | union isfuzzy=true withsource=T Missing, B | project T, x", tables=tables, dialect="query"
    )
    assert list(kql.evaluate(missing, rows)) == [{"T": "union_arg0", "x": 1}, {"T": "B", "x": 2}]
    inner, _ = kql.bind("union kind=inner A, B", tables=tables, dialect="query")
    assert inner.columns == {"x": "long"}
    assert kql.bind("union A, Missing", tables=tables, dialect="query")[0] is None


def test_a_function_may_give_the_rows_of_another():
    text = """let some = view (low: long, high: long) { range x from low to high step 1 };
        let upto = (high: long) { some(1, high) }; upto(3) | count"""
    query, diagnostics = kql.bind(text, tables={}, dialect="query")
    assert query is not None, diagnostics
    assert list(kql.evaluate(query)) == [{"Count": 3}]
