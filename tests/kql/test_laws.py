"""Laws of the language, over generated texts and rows."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner import kql
from provisioner.kql.operators import OPERATOR_PARSERS
from provisioner.kql.syntax.query_parser import parse_query
from tests.support.kql_texts import COLUMNS, any_rows, expressions, fitting_rows, garbage, queries, transforms

KINDS = {
    "bool": bool, "int": int, "long": int, "real": float, "decimal": Decimal, "string": str,
    "datetime": dt.datetime, "timespan": dt.timedelta, "guid": uuid.UUID,
}  # fmt: skip
samples_of_any = st.lists(
    st.dictionaries(
        st.text(max_size=3),
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers())),
    ),
    max_size=4,
)
often = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
NOW = "2026-01-02T00:00:00Z"


def holds(value, kind):
    """Whether a value is one of the announced type; only a string is never null."""
    if kind == "dynamic":
        json.dumps(value)
        return True
    if value is None:
        return kind != "string"
    if kind in ("int", "long"):
        return type(value) is int and -(2 ** (31 if kind == "int" else 63)) <= value < 2 ** (
            31 if kind == "int" else 63
        )
    return isinstance(value, KINDS[kind])


@often
@given(garbage, st.sampled_from(["transform", "query"]))
def test_no_text_makes_binding_raise(text, dialect):
    query, diagnostics = kql.bind(text, COLUMNS, dialect=dialect)
    assert (query is None) == any(d.severity == "error" for d in diagnostics)
    assert all(0 <= d.span.start <= d.span.end <= len(text) and d.code in kql.CODES for d in diagnostics)


@often
@given(st.one_of(transforms, queries, garbage))
def test_reading_what_was_laid_out_gives_the_same_tree(text):
    laid = kql.format(text)
    assert parse_query(laid, OPERATOR_PARSERS)[0] == parse_query(text, OPERATOR_PARSERS)[0]
    assert kql.format(laid) == laid
    assert kql.same(text, laid)


@often
@given(transforms, st.lists(any_rows, max_size=3))
def test_a_bound_transform_takes_any_rows_and_gives_what_was_announced(text, rows):
    query, _ = kql.bind(text, COLUMNS)
    if query is not None:
        for row in kql.evaluate(query, rows, now=NOW):
            assert list(row) == list(query.columns)
            assert [name for name, kind in query.columns.items() if not holds(row[name], kind)] == []


@often
@given(queries, st.lists(fitting_rows, max_size=4))
def test_a_bound_query_takes_any_rows_and_gives_what_was_announced(text, rows):
    query, _ = kql.bind(text, COLUMNS, dialect="query")
    if query is not None:
        for row in kql.evaluate(query, rows, now=NOW):
            assert list(row) == list(query.columns)
            assert [name for name, kind in query.columns.items() if not holds(row[name], kind)] == []


@often
@given(expressions, fitting_rows)
def test_one_expression_on_one_row_is_announced_traced_and_repeated_alike(expression, row):
    query, _ = kql.bind(f"source | project v = {expression}", COLUMNS, dialect="query")
    if query is None or query.volatile:
        return
    (result,) = kql.evaluate(query, [row], now=NOW, form="json")
    assert repr(next(kql.evaluate(query, [row], now=NOW, form="json"))) == repr(result)
    assert repr(next(kql.evaluate(query, [row], now=NOW))) == repr(kql.trace(query, row, now=NOW).rows[0])
    json.dumps(result)


@often
@given(expressions, expressions, fitting_rows)
def test_a_where_keeps_what_is_true_and_nothing_else(one, other, row):
    text = f"({one}) == ({other})"
    query, _ = kql.bind(f"source | project v = {text}", COLUMNS, dialect="query")
    if query is None or query.volatile:
        return
    (result,) = kql.evaluate(query, [row], now=NOW)
    kept, _ = kql.bind(f"source | where {text}", COLUMNS, dialect="query")
    dropped, _ = kql.bind(f"source | where not({text})", COLUMNS, dialect="query")
    counts = [len(list(kql.evaluate(filtered, [row], now=NOW))) for filtered in (kept, dropped)]
    assert counts == [int(result["v"] is True), int(result["v"] is False)]


@often
@given(transforms)
def test_lineage_names_input_columns_and_covers_what_is_read(text):
    query, _ = kql.bind(text, COLUMNS)
    if query is not None:
        assert set(query.lineage) == set(query.columns) == set(query.spans)
        assert {name for names in query.lineage.values() for name in names} <= set(query.reads) <= set(COLUMNS)
        assert set(query.volatile) <= set(query.columns)


@often
@given(
    st.lists(
        st.dictionaries(
            st.text(max_size=3),
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers())),
        ),
        max_size=4,
    )
)
def test_every_sample_is_of_the_type_that_was_inferred_from_it(samples):
    columns = kql.infer(samples)
    query, diagnostics = kql.bind("source", columns)
    assert query is not None, diagnostics
    notes = {}
    list(kql.evaluate(query, samples, notes=notes))
    assert notes == {}


zones = st.sampled_from(["", "Z", "+00:00", "-00:00", "+05:30", "-11:45", "+23:59", "+99:59", " GMT", "z"])
fractions = st.one_of(st.just(""), st.from_regex(r"[.,][0-9]{1,9}", fullmatch=True))
moments = st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds"))
edges = st.sampled_from(["0001-01-01T00:00:00", "9999-12-31T23:59:59", "2026-01-01 00:00:00", "2026-02-30T00:00:00"])
time_texts = st.one_of(
    st.builds(lambda second, fraction, zone: second + fraction + zone, st.one_of(moments, edges), fractions, zones),
    st.text(max_size=30),
)


@often
@given(st.lists(time_texts, min_size=1, max_size=5), st.sampled_from(["python", "json", "exact"]))
def test_a_time_that_is_only_handed_on_is_the_one_that_a_condition_reads(texts, form):
    """The first query encodes the times where they are read, the second holds them as ticks between."""
    rows = [{"s": text, "d": {"at": text}, "t": text} for text in texts]
    columns = {"s": "string", "d": "dynamic", "t": "datetime"}
    times = "source | project a = todatetime(s), b = todatetime(d.at), t"
    kept = f"{times} | where isnull(a) or isnotnull(a) | where isnull(b) or isnotnull(b) | where t == t or isnull(t)"
    handed_on, read = (kql.bind(text, columns)[0] for text in (times, kept))
    assert list(kql.evaluate(handed_on, rows, form=form)) == list(kql.evaluate(read, rows, form=form))


@often
@given(st.lists(st.one_of(st.none(), st.integers(), st.text(max_size=3), st.dictionaries(
    st.sampled_from("abc"), st.one_of(st.none(), st.integers(), st.dictionaries(st.sampled_from("abc"), st.text()))
)), max_size=4))  # fmt: skip
def test_a_bag_read_often_gives_the_members_that_one_read_gives(bags):
    rows = [{"d": bag} for bag in bags]
    together = kql.bind("source | project a = d.a, b = d.b, n = d.c.a", {"d": "dynamic"})[0]
    alone = [kql.bind(f"source | project {name}", {"d": "dynamic"})[0] for name in ("a = d.a", "b = d.b", "n = d.c.a")]
    parts = [list(kql.evaluate(query, rows)) for query in alone]
    merged = [{**a, **b, **n} for a, b, n in zip(*parts, strict=True)]
    assert list(kql.evaluate(together, rows)) == merged
