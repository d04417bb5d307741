"""The table of coercions: complete, with evidence, and the one that evaluation works with."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner import kql
from provisioner.kql import values
from provisioner.kql.values.json_coercion import JSON_KINDS, coercion, json_kind, value_loss
from provisioner.model import TYPES
from provisioner.package_data import load_facts

PLANS = ("analytics", "basic", "auxiliary")
ARRIVALS = {"value", "parsed", "json_text", "text", "lost", "nothing", "refused"}
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("plan", PLANS)
def test_every_kind_has_an_outcome_with_evidence_in_every_type(plan):
    assert set(load_facts("coercion.yaml")["types"]) == set(TYPES)
    for kind, type_ in itertools.product(JSON_KINDS, TYPES):
        outcome = coercion(kind, type_, plan)
        assert outcome.arrives in ARRIVALS
        assert outcome.note
        # What nobody knows says so instead of naming a source.
        assert all(entry.source for entry in outcome.evidence)
        assert outcome.evidence or "documented nowhere" in outcome.note


def test_types_have_their_name_in_kql_too():
    assert coercion("string", "bool") == coercion("string", "boolean")


@settings(deadline=None)
@given(JSON_VALUES, st.sampled_from(sorted(TYPES)))
def test_evaluation_stores_null_exactly_where_the_table_says_lost(value, type_):
    query, diagnostics = kql.bind("source", {"V": TYPES[type_].kql})
    assert query is not None, diagnostics
    notes: dict[str, int] = {}
    (row,) = kql.evaluate(query, [{"V": value}], form="json", notes=notes)
    is_null = row["V"] in (None, "")
    if value_loss(value, type_) is not None:
        assert is_null
        assert notes
    elif value not in (None, ""):
        assert not is_null or value in ({}, [])


@settings(deadline=None)
@given(JSON_VALUES)
def test_a_nested_value_in_a_string_column_reads_back_as_it_was(value):
    query, _ = kql.bind("source | project V = parse_json(S)", {"S": "string"})
    assert query is not None
    if isinstance(value, (dict, list)):
        (row,) = kql.evaluate(query, [{"S": value}], form="json")
        assert row["V"] == values.to_plain_json(values.normalize_dynamic(value))


@settings(deadline=None)
@given(JSON_VALUES)
def test_each_value_has_one_kind(value):
    assert json_kind(value) in JSON_KINDS
