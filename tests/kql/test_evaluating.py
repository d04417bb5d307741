"""Rows through queries: nulls, laziness, input of every kind, the forms of results."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid

import pytest

from provisioner import kql

EVERY = {
    "b": "bool", "i": "int", "l": "long", "r": "real", "m": "decimal", "s": "string",
    "t": "datetime", "ts": "timespan", "g": "guid", "d": "dynamic",
}  # fmt: skip


def run(text, rows, columns=EVERY, **options):
    dialect = options.pop("dialect", "transform")
    query, diagnostics = kql.bind(text, columns, dialect=dialect)
    assert query is not None, [(d.code, d.message) for d in diagnostics]
    return list(kql.evaluate(query, rows, **options))


def value(expression, row=None, **options):
    (result,) = run(f"source | project v = {expression}", [row or {}], **options)
    return result["v"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("l == 1", False), ("l != 1", True), ("l == int(null)", None), ("l < 1", None), ("l + 1", None), ("-l", None),
        ("l in (1, 2)", False), ("l !in (1, 2)", True), ("l between (1 .. 2)", None), ("b and true", None),
        ("b and false", False), ("b or true", True), ("b or false", None), ("not(b)", None), ("iif(b, 1, 2)", 2),
        ("s", ""), ("s == ''", True), ("isnull(s)", False), ("isempty(s)", True), ("isnull(l)", True),
        ("d.a.b[0]", None), ("tostring(d.a)", ""), ("toint(s)", None), ("strcat('a', l, 'b')", "ab"),
    ],
)  # fmt: skip
def test_a_null_is_carried_as_kusto_carries_it(expression, expected):
    assert value(expression) is expected or value(expression) == expected


def test_a_whole_number_wraps_around_at_its_width():
    assert value("l + 1", {"l": 2**63 - 1}) == -(2**63)
    assert value("l * 3", {"l": 2**62}) == -(2**62)
    assert value("-l", {"l": -(2**63)}) == -(2**63)
    assert value("l - 1", {"l": -(2**63)}) == 2**63 - 1


def test_only_the_chosen_branch_is_computed_and_the_others_do_no_harm():
    assert value("iif(l == 0, -1, 10 / l)", {"l": 0}) == -1
    assert value("case(isempty(s), 'none', s has 'x', 'x', substring(s, 0, 1))", {"s": "abc"}) == "a"


def test_rows_come_one_at_a_time_from_an_endless_source():
    query, _ = kql.bind("source | where l % 2 == 1 | extend k = l * 10 | project k", EVERY)
    rows = kql.evaluate(query, ({"l": n} for n in itertools.count()))
    assert [next(rows)["k"] for _ in range(3)] == [10, 30, 50]


def test_take_stops_reading():
    query, _ = kql.bind("source | take 2", {"l": "long"}, dialect="query")
    assert len(list(kql.evaluate(query, ({"l": n} for n in itertools.count())))) == 2


def test_every_expression_of_an_extend_sees_the_columns_as_they_were():
    assert run("source | extend i = l, l = i | project i, l", [{"i": 1, "l": 2}], {"i": "long", "l": "long"}) == [
        {"i": 2, "l": 1}
    ]


def test_json_values_and_python_values_mean_the_same():
    moment = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    guid = uuid.UUID("01234567-89ab-cdef-0123-456789abcdef")
    as_json = {"t": "2026-01-02T03:04:05Z", "ts": "1.02:03:04", "g": str(guid), "b": True, "i": 1, "l": 2, "r": 1.5}
    as_python = {**as_json, "t": moment, "ts": dt.timedelta(days=1, hours=2, minutes=3, seconds=4), "g": guid}
    one, other = run("source", [as_json, as_python])
    assert one == other
    assert (one["t"], one["ts"], one["g"]) == (moment, as_python["ts"], guid)


def test_the_forms_of_results():
    text = "source | project t = t + 1tick, ts, g, r, p = pack('t', t, 'g', g)"
    row = {
        "t": "2026-01-02T03:04:05Z",
        "ts": "00:00:01",
        "g": "01234567-89ab-cdef-0123-456789abcdef",
        "r": float("nan"),
    }
    packed = {"t": "2026-01-02T03:04:05.0000000Z", "g": row["g"]}
    (as_json,) = run(text, [row], form="json")
    assert as_json == {"t": "2026-01-02T03:04:05.0000001Z", "ts": "00:00:01", "g": row["g"], "r": "NaN", "p": packed}
    (exact,) = run(text, [row], exact=True)
    assert (exact["t"], exact["g"]) == (as_json["t"], uuid.UUID(row["g"]))
    (python,) = run(text, [row])
    assert python["t"] == dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    assert (python["ts"], python["p"]) == (dt.timedelta(seconds=1), packed)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("l", 2**63),
        ("l", "1"),
        ("i", 2**31),
        ("t", "soon"),
        ("b", "true"),
        ("g", "x"),
        ("r", "1.5"),
        ("l", []),
    ],
)
def test_a_value_of_the_wrong_type_is_null_and_noted(name, wrong):
    notes = {}
    (row,) = run(f"source | project {name}", [{name: wrong}], notes=notes)
    assert row == {name: None}
    assert any(name in note and "null" in note for note in notes)


def test_a_number_in_a_text_column_is_its_text_and_noted():
    """No page says what Azure stores: see `schemas/coercion.yaml`."""
    notes = {}
    assert run("source | project s", [{"s": 5}], notes=notes) == [{"s": "5"}]
    assert any("s" in note for note in notes)


@pytest.mark.parametrize("record", [None, 5, "text", [1], object()])
def test_a_record_that_is_no_object_is_a_row_of_nulls(record):
    notes = {}
    assert run("source | project l, s", [record], notes=notes) == [{"l": None, "s": ""}]
    assert len(notes) == 1


def test_now_is_what_the_caller_says():
    rows = run("source | project a = now(), b = ago(1h), c = now(-1d)", [{}], now="2026-01-02T00:00:00Z", exact=True)
    assert rows == [
        {"a": "2026-01-02T00:00:00.0000000Z", "b": "2026-01-01T23:00:00.0000000Z", "c": "2026-01-01T00:00:00.0000000Z"}
    ]
    with pytest.raises(ValueError, match="no time"):
        run("source", [], now="soon")


def test_a_let_is_computed_once_and_a_function_wherever_it_is_called():
    text = """let map = parse_json('{"a": 1, "b": 2}'); let twice = (n: long) { let m = n + n; m };
        source | project v = toint(map[s]) + twice(l) + twice(twice(l + 1))"""
    assert run(text, [{"s": "b", "l": 1}]) == [{"v": 2 + 2 + 8}]


def test_print_and_datatable_are_sources():
    assert run("print a = 1 + 1, b = 'x'", []) == [{"a": 2, "b": "x"}]
    text = (
        "datatable(a: int, b: string, c: datetime)[1, 'x', datetime(2026-01-01), 2, 'y', datetime(null)] | where a > 1"
    )
    assert run(text, []) == [{"a": 2, "b": "y", "c": None}]


@pytest.mark.parametrize(
    "name", ["a'b", 'a"b', "{0}", "{x}", "a\\b", "a\nb", "#", "None", "context", "c1", "é", "__import__('os')"]
)
def test_a_column_may_have_any_name(name):
    """Names and texts of the author's are data in the generated code, whatever stands in them."""
    literal = "'" + name.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"
    column = f"[{literal}]"
    text = f"source | extend {column} = strcat({column}, {literal}), all = pack_all() | where all has {literal} or true"
    (row,) = run(text, [{name: "x"}], {name: "string"}, dialect="query")
    assert row == {name: f"x{name}", "all": {name: "x"}}


def test_parse_cuts_a_text_apart():
    row = {"s": "user=bob, age=42, from=10.0.0.1"}
    text = 'source | parse s with "user=" user ", age=" age: int ", " * "=" address | project user, age, address'
    assert run(text, [row, {"s": "user=bob, age=old, x=y"}, {"s": ""}]) == [
        {"user": "bob", "age": 42, "address": "10.0.0.1"},
        {"user": "", "age": None, "address": ""},
        {"user": "", "age": None, "address": ""},
    ]
    relaxed = text.replace("parse s", "parse kind=relaxed s")
    assert run(relaxed, [{"s": "user=bob, age=old, x=y"}]) == [{"user": "bob", "age": None, "address": "y"}]


@pytest.mark.parametrize(
    ("pattern", "text", "captured"),
    [
        ('s with "a" v "c"', "aXcYc", "XcY"),
        ('s with "a" v "c" *', "aXcYc", "X"),
        ('s with "a" v "b"', "abcbd", ""),
        ('s with "a" v "c"', "aXc\n", ""),
        ('s with "n=" v: long', "n=27x", None),
        ('s with "n=" v: long *', "n=27x", 27),
        ('kind=regex s with "n=" v: long', "n=27x", None),
        ('kind=regex s with "n=" v: long *', "n=27x", 27),
        ('kind=regex s with "n=" v: long *', "in=27x", None),
        ('kind=regex s with * "n=" v: long *', "in=27x", 27),
        ('kind=regex flags=m s with "n=" v: long', "n=27\\nx", None),
        ('s with "n=" v: bool', "n=12", True),
        ('kind=regex s with "n=" v: bool', "n=12", None),
    ],
)
def test_where_a_capture_ends(pattern, text, captured):
    assert run(f"source | parse {pattern} | project v", [{"s": text}]) == [{"v": captured}]


def test_a_required_parse_keeps_what_matches_even_where_nothing_was_captured():
    text = 'source | parse-where s with "a=" v | project v'
    assert run(text, [{"s": "a="}, {"s": "b"}], dialect="query") == [{"v": ""}]


def test_parse_by_regular_expression_is_greedy_unless_a_flag_says_otherwise():
    def captured(pattern, dialect="query"):
        return run(f"source | parse kind=regex {pattern} | project v", [{"s": "aXcYc"}], dialect=dialect)

    assert captured('s with "a" v "[cb]"') == [{"v": "XcY"}]
    assert captured('flags=U s with "A" v "[cb]"') == [{"v": ""}]
    assert captured('flags=Ui s with "A" v "[cb]"') == [{"v": "X"}]
    assert captured('flags=Ui s with "A" v "[cb]"', "transform") == [{"v": "XcY"}]


@pytest.mark.parametrize("dialect", ["transform", "query"])
def test_a_pattern_of_kind_regex_takes_a_part_of_the_text_in_a_query_alone(dialect):
    text = 'source | parse kind=regex s with "user=" v "\\\\s" | project v'
    expected = "ada and" if dialect == "query" else ""
    assert run(text, [{"s": "user=ada and more"}], dialect=dialect) == [{"v": expected}]
    # a text that the pattern matches to its end is filled in both
    assert run(text, [{"s": "user=ada "}], dialect=dialect) == [{"v": "ada"}]


def test_a_pattern_made_at_run_time_that_is_none_finds_nothing():
    assert value("s matches regex strcat('(', s)", {"s": "a"}) is None


def test_a_regex_bomb_does_not_hang():
    assert value("s matches regex '^(a+)+$'", {"s": "a" * 50_000 + "!"}) is False
