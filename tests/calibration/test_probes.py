"""The probes as data: there are enough of them, each can be predicted, and none is forgotten."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner import kql
from provisioner.calibration import select_probes
from provisioner.calibration.calibration_facts import stream_columns
from provisioner.calibration.calibration_probe import ACCEPTED, REFUSED
from provisioner.calibration.limit_values import fragment_of_size, limit_of
from provisioner.calibration.probe_catalogue import all_probes, predict
from provisioner.errors import ProvisionerError
from provisioner.kql.functions import FUNCTIONS, function_names
from provisioner.kql.values.json_coercion import JSON_KINDS
from provisioner.kql.vocabulary.dialects import function_permission
from provisioner.model.reserved_columns import reserved_columns
from provisioner.package_data import load_facts

PROBES = all_probes()
BY_FAMILY = {family: [probe for probe in PROBES if probe.family == family] for family in {p.family for p in PROBES}}


def names(family):
    return {probe.name for probe in BY_FAMILY[family]}


def test_there_are_more_probes_than_were_asked_for_and_no_two_of_one_id():
    assert len(PROBES) >= 150
    assert [id_ for id_, number in Counter(probe.id for probe in PROBES).items() if number > 1] == []


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.id)
def test_every_probe_asks_a_question_says_what_it_creates_and_is_predicted(probe):
    assert probe.question.endswith("?")
    assert "{" not in probe.question or "row" not in probe.question
    assert probe.creates
    assert predict(probe)


def is_documented(name):
    return any(
        entry.kind == "documented" and not entry.forbids for entry in function_permission(name, "transform").evidence
    )


def test_every_function_that_no_page_lists_has_a_probe():
    assert {name for name in function_names() if not is_documented(name)} <= names("functions")


def test_every_operator_that_the_facts_name_and_do_not_list_has_a_probe():
    facts = load_facts("kql.yaml")
    unlisted = {name for name, entry in facts["operators"].items() if not entry.get("listed")}
    # what has no result that a table could take, or is no more than a part of another text
    without_form = {"graph-match", "make-graph", "project-by-names"}
    assert (unlisted | set(facts["unknown_operators"])) - without_form <= names("operators")


def test_every_text_operator_that_is_not_listed_and_every_literal_in_dispute_has_a_probe():
    facts = load_facts("kql.yaml")
    assert set(facts["string_operators"]) <= names("text_operators")
    asked = {probe.fact.keys[1] for probe in BY_FAMILY["literals"] if probe.fact.file == "kql.yaml"}
    assert set(facts["literals"]) <= asked


def test_every_reserved_name_and_every_pair_of_plans_has_a_probe():
    assert set(reserved_columns()) <= names("reserved_columns")
    plans = ("analytics", "basic", "auxiliary")
    assert {f"from {a} to {b}" for a in plans for b in plans if a != b} <= names("plan_switches")


def test_every_kind_of_json_value_is_sent_into_every_type_of_a_stream_under_every_plan():
    asked = {(probe.row["kind"], probe.row["type"], probe.row["plan"]) for probe in BY_FAMILY["coercions"]}
    types = [name for name in load_facts("coercion.yaml")["types"] if name != "guid"]  # no stream has a guid
    plans = load_facts("coercion.yaml")["plans"]
    assert asked == {(kind, type_, plan) for kind in JSON_KINDS for type_ in types for plan in plans}


@pytest.mark.parametrize(
    "probe",
    [p for p in BY_FAMILY["functions"] if p.name in FUNCTIONS and p.name != "lookup_string_am"],
    ids=lambda p: p.name,
)
def test_the_call_of_a_function_is_one_that_a_query_takes(probe):
    """Else Azure would refuse the arguments, and the answer would say nothing about the function."""
    query, diagnostics = kql.bind(probe.row["transform"], stream_columns(), dialect="query")
    assert query is not None, diagnostics


# Operators whose texts other parts of the language cannot be read without.
UNREADABLE = {"operators/find", "operators/externaldata"}
NOT_OFFERED = {"KQL103", "KQL201", "KQL202", "KQL205", "KQL208"}


@pytest.mark.parametrize("family", ["functions", "operators", "text_operators", "literals"])
def test_a_refusal_is_predicted_for_the_word_that_is_asked_about(family):
    """And not for a mistake in the rest of the text, which Azure would refuse too."""
    for probe in BY_FAMILY[family]:
        _, diagnostics = kql.bind(probe.row["transform"], stream_columns())
        codes = {diagnostic.code for diagnostic in diagnostics if diagnostic.severity == "error"}
        assert codes <= NOT_OFFERED or probe.id in UNREADABLE, (probe.id, codes)


def test_a_limit_is_asked_at_the_number_of_the_facts_and_one_beyond_it():
    for probe in BY_FAMILY["names"]:
        at = limit_of(tuple(probe.row["limit"]))
        assert probe.row["size"] in (at, at - 1 if probe.row.get("direction") == "down" else at + 1)
    predicted = {probe.name: predict(probe) for probe in BY_FAMILY["names"]}
    assert (predicted["longest table name, 63"], predicted["longest table name, 64"]) == (ACCEPTED, REFUSED)
    assert (predicted["flows of a rule, 10"], predicted["flows of a rule, 11"]) == (ACCEPTED, REFUSED)


@given(size=st.integers(5, 80), before=st.text("xyz", max_size=2), after=st.text("xyz", max_size=2))
def test_a_filled_text_and_a_repeated_entry_have_the_size(size, before, after):
    assert len(fragment_of_size(f"{before}<<fill>>{after}", size, {})) == size
    repeated = fragment_of_size({"first": 1, "C<<each>>": "<<number>>"}, size, {})
    assert len(repeated) == size
    assert repeated["C1"] == size
    assert len(fragment_of_size(["a<<each>>"], size, {})) == size


def test_a_name_that_there_is_not_is_answered_with_the_nearest():
    assert [probe.id for probe in select_probes(("delays", "functions/acos"))][-1] == "functions/acos"
    with pytest.raises(ProvisionerError, match="no probe or family 'fuctions'") as raised:
        select_probes(("fuctions",))
    assert "functions" in raised.value.hint
    with pytest.raises(ProvisionerError) as raised:
        select_probes(("functions/acoss",))
    assert "functions/acos" in raised.value.hint
