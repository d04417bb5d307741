"""What a fix writes in the place of a call gives the same values: laws over random texts and rows."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner import kql
from provisioner.kql.syntax.lexer import unquote_string

COLUMNS = {"s": "string", "u": "string", "i": "int", "l": "long", "r": "real", "d": "dynamic", "t": "datetime"}
TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=6)
SPECIAL = st.text("a.b\\*+?()[]{}|^$'\"\n\t1", max_size=5)


def quoted(value):
    for character, escape in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"), ("\t", "\\t")):
        value = value.replace(character, escape)
    assert unquote_string(f"'{value}'")
    return f"'{value}'"


def rewritten(expression):
    """The expression after the fix of its one remark, which names the call."""
    text = f"source | project v = {expression}"
    (diagnostic,) = (d for d in kql.bind(text, COLUMNS)[1] if d.code in ("KQL202", "KQL203", "KQL208"))
    (edit,) = diagnostic.edits
    after = text[: edit.span.start] + edit.text + text[edit.span.end :]
    query, remaining = kql.bind(after, COLUMNS)
    assert (query is not None, remaining) == (True, []), after
    return query


def values(query, record):
    return [row["v"] for row in kql.evaluate(query, [record], form="json")]


def original(expression):
    """As a query takes it, which has all of Kusto's functions."""
    query, _ = kql.bind(f"source | project v = {expression}", COLUMNS, dialect="query")
    assert query is not None
    return query


@settings(deadline=None)
@given(SPECIAL.filter(bool), SPECIAL, SPECIAL)
def test_replace_string_as_a_regular_expression_replaces_the_same(lookup, rewrite, subject):
    expression = (
        f"replace_string(s, {quoted(lookup)}, {quoted(rewrite)})"
        if rewrite
        else f"replace_string(s, {quoted(lookup)}, '')"
    )
    record = {"s": subject + lookup + subject}
    assert values(rewritten(expression), record) == values(original(expression), record)


ROWS = st.fixed_dictionaries(
    {
        "s": st.sampled_from(["", None, "x"]),
        "u": st.sampled_from(["", None, "y"]),
        "i": st.none() | st.integers(-5, 5),
        "l": st.none() | st.integers(-(2**40), 2**40),
        "r": st.none() | st.floats(-5, 5),
        "d": st.none() | st.sampled_from([{}, {"a": None}, {"a": "z"}, {"a": 0}, {"a": ""}]),
        "t": st.none() | st.just("2026-01-02T00:00:00Z"),
    }
)


@pytest.mark.parametrize(
    "expression",
    [
        "coalesce(s, u)",
        "coalesce(s, u, 'z')",
        "coalesce(i, 7)",
        "coalesce(i, l)",
        "coalesce(i, l, 9)",
        "coalesce(i, r)",
        "coalesce(r, i, 1.5)",
        "coalesce(t, datetime(2026-05-05))",
        "coalesce(d.a, d.b)",
        "coalesce(tostring(d.a), s, 'none')",
        "coalesce((i + 1) * 2, l)",
    ],
)
@settings(deadline=None)
@given(record=ROWS)
def test_coalesce_written_with_iif_or_case_gives_the_same(expression, record):
    assert values(rewritten(expression), record) == values(original(expression), record)


@pytest.mark.parametrize(
    "expression",
    [
        "replace_regex(s, '[a-c]+', 'X')",
        "column_ifexists('s', 'none')",
        "column_ifexists('nowhere', 'none')",
        "bag_pack('a', i, 'b', s)",
        "unixtime_milliseconds_todatetime(l)",
        "unixtime_seconds_todatetime(i + 1)",
        "toboolean(s)",
        "notempty(s)",
        "sqrt(r)",
        "dynamic(null)",
    ],
)
@settings(deadline=None)
@given(record=ROWS)
def test_a_call_under_its_listed_name_gives_the_same(expression, record):
    assert values(rewritten(expression), record) == values(original(expression), record)
