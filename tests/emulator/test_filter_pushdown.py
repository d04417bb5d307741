"""What the store leaves unread can never be what the query would have found."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner import kql
from provisioner.emulator.logs.bloom_filter import build_filter, may_contain, words_in
from provisioner.emulator.logs.filter_pushdown import required_words, tables_named

COLUMNS = {"TimeGenerated": "datetime", "Text": "string", "Bag": "dynamic", "Count": "long", "Rate": "real"}
SCHEMAS = {"A_CL": COLUMNS, "B_CL": COLUMNS}


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ('A_CL | where Text == "Run-17"', {"A_CL": {b"run", b"17"}}),
        ("A_CL | where Text has 'x1' | where Count > 1 | where Bag == 'no' | take 5", {"A_CL": {b"x1"}}),
        ('A_CL | where Text has "x" or tostring(Bag) has "x"', {"A_CL": {b"x"}}),
        ('A_CL | where (Text has "x" and Text has "y") or Text has "y z"', {"A_CL": {b"y"}}),
        ('A_CL | where Text has "x" or Count > 3', {}),
        ('A_CL | where not(Text has "x")', {}),
        ('A_CL | where Text contains "x"', {}),
        ('A_CL | where Text != "x"', {}),
        ('A_CL | where tostring(Rate) == "1"', {}),
        ('A_CL | extend Text = "x" | where Text == "x"', {}),
        ('A_CL | where Text == "a\\"b"', {}),
        ('let A = "x"; A_CL | where Text == "x"', {}),
        ('A_CL // | where Text == "x"', {}),
        ('A_CL | where Text == "x" | union A_CL', {}),
        (
            'union isfuzzy=true (A_CL | where Text has "x" | take 1), ([\'B_CL\'] | where Text has "y")',
            {"A_CL": {b"x"}, "B_CL": {b"y"}},
        ),
        ('union (A_CL | where Text has "x"), (A_CL | where Text has "y")', {}),
        ('union A_CL, (B_CL | where Text has "y")', {"B_CL": {b"y"}}),
        ('A_CL | join (B_CL | where Text == "x") on Text', {}),
    ],
)
def test_words_needed(text, needed):
    assert required_words(text, SCHEMAS) == {table: frozenset(words) for table, words in needed.items()}


LETTERS = st.text(alphabet="aB1_- éK\\\"'\n{}:", max_size=8)
VALUES = st.fixed_dictionaries(
    {"Text": LETTERS, "Bag": st.one_of(LETTERS, st.dictionaries(LETTERS, LETTERS, max_size=2))}
)
CONSTANTS = st.text(alphabet="aB1_- é", min_size=1, max_size=4)
FORMS = [
    'Text == "{}"',
    'Text =~ "{}"',
    'Text has "{}"',
    'Text has_cs "{}"',
    'tostring(Bag) has "{}"',
    'Text has "{}" or tostring(Bag) has "{}"',
]


@settings(deadline=None)
@given(st.lists(VALUES, max_size=4), CONSTANTS, st.sampled_from(FORMS))
def test_what_is_skipped_would_not_have_been_found(rows, constant, form):
    """The law of the store: evaluate over what it reads is evaluate over everything."""
    text = f"A_CL | where {form.replace('{}', constant)}"
    query, _ = kql.bind(text, tables=SCHEMAS, dialect="query")
    needed = required_words(text, SCHEMAS).get("A_CL", frozenset())
    blank = dict.fromkeys(COLUMNS)
    for row in rows:
        line = json.dumps(row, ensure_ascii=False)
        kept = may_contain(build_filter(line), needed) and all(word in line.encode().lower() for word in needed)
        assert kept or not list(kql.evaluate(query, {"A_CL": [{**blank, **row}]}, form="json"))


@settings(deadline=None)
@given(st.lists(st.text(alphabet="abc123 ", max_size=12)))
def test_a_filter_never_denies_what_it_was_given(texts):
    line = json.dumps(texts)
    assert may_contain(build_filter(line), words_in(line))


def test_the_filter_denies_most_of_what_it_was_not_given():
    bits = build_filter(json.dumps([f"word{number}" for number in range(1000)]))
    wrong = sum(may_contain(bits, {f"other{number}".encode()}) for number in range(1000))
    assert wrong < 50


def test_tables_are_found_by_name_also_when_quoted():
    tables = ["A_CL", "B_CL", "C-1_CL"]
    assert tables_named("A_CL | union ['C-1_CL']", tables) == ["A_CL", "C-1_CL"]
    assert tables_named("union *", tables) == tables
    assert tables_named("search 'x'", tables) == tables
