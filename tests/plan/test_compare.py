"""Compare and merge: never a difference that is none, never a write that loses something."""

from __future__ import annotations

import json

import pytest
import yaml

from provisioner.plan import merge_body, patch_body
from provisioner.plan.compare import Comparison
from provisioner.plan.comparison_rules import comparison_rules
from provisioner.resources import TYPES_IN_ORDER, resource_type
from tests.support.paths import CASES

COMPARE_CASES = yaml.safe_load((CASES / "plan/compare.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", COMPARE_CASES, ids=[case["name"] for case in COMPARE_CASES])
def test_a_case(case):
    type_ = resource_type(case["type"])
    before = json.dumps([case["desired"], case["live"]])
    comparison = Comparison(type_, case["desired"], case["live"])
    if "deltas" in case:
        assert {delta.path: [delta.before, delta.after] for delta in comparison.deltas} == case["deltas"]
    assert bool(comparison.notes) == case.get("notes", False)
    if "write" in case:
        assert merge_body(type_, case["desired"], case["live"], frozenset(case.get("drops", ()))) == case["write"]
    assert json.dumps([case["desired"], case["live"]]) == before


@pytest.mark.parametrize("case", COMPARE_CASES, ids=[case["name"] for case in COMPARE_CASES])
def test_what_was_written_differs_no_more(case):
    """compare(desired, merged(desired, live)) = nothing, for every case."""
    type_ = resource_type(case["type"])
    written = merge_body(type_, case["desired"], case["live"])
    assert Comparison(type_, case["desired"], written).deltas == ()
    assert merge_body(type_, case["desired"], written) == written


@pytest.mark.parametrize("case", COMPARE_CASES, ids=[case["name"] for case in COMPARE_CASES])
def test_a_body_never_differs_from_itself(case):
    for body in (case["desired"], case["live"]):
        assert Comparison(resource_type(case["type"]), body, body).deltas == ()


def test_a_workspace_is_patched_with_all_tags_and_without_what_cannot_change():
    features = {"enableLogAccessUsingOnlyResourcePermissions": False}
    desired = {"location": "x", "tags": {"a": "1"}, "properties": {"retentionInDays": 60, "features": features}}
    live = {
        "location": "X",
        "tags": {"b": "2"},
        "properties": {
            "workspaceCapping": {"dailyQuotaGb": 5},
            "features": {"legacy": 0, "disableLocalAuth": True, "enableLogAccessUsingOnlyResourcePermissions": True},
        },
    }
    assert patch_body(resource_type("workspace"), desired, live) == {
        "tags": {"b": "2", "a": "1"},
        "properties": {"retentionInDays": 60, "features": {"disableLocalAuth": True, **features}},
    }


@pytest.mark.parametrize("short", TYPES_IN_ORDER)
def test_every_path_of_the_facts_is_one_that_a_walk_can_meet(short):
    """A typing mistake in the facts would silently make a difference out of none."""
    type_ = resource_type(short)
    rules = comparison_rules(type_)
    patterns = [
        *type_.comparison.read_only,
        *type_.comparison.case_insensitive,
        *type_.comparison.column_types,
        *type_.comparison.unordered_lists,
        *type_.comparison.create_only,
        *type_.comparison.fully_owned,
    ]
    for pattern in [
        *patterns,
        *type_.comparison.keyed_lists,
        *type_.comparison.defaults,
        *type_.comparison.queries,
        *(risk["path"] for risk in type_.risk.change_risks),
    ]:
        assert not pattern.startswith(".")
        walked = ""
        for step in pattern.replace("[]", ".[]").split("."):
            walked = f"{walked}[]" if step == "[]" else rules.child_pattern(walked, step)
        assert walked == pattern
