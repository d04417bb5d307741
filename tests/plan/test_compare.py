"""Compare and merge: never a difference that is none, never a write that loses something."""

from __future__ import annotations

import json

import pytest
import yaml

from provisioner.plan import merged, patch
from provisioner.plan.compare import Comparison
from provisioner.plan.comparison_rules import shape
from provisioner.resources import SHORTS, resource_type
from tests.support.paths import CASES

COMPARE_CASES = yaml.safe_load((CASES / "plan/compare.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", COMPARE_CASES, ids=[each["name"] for each in COMPARE_CASES])
def test_a_case(case):
    type_ = resource_type(case["type"])
    before = json.dumps([case["desired"], case["live"]])
    found = Comparison(type_, case["desired"], case["live"])
    if "deltas" in case:
        assert {each.path: [each.before, each.after] for each in found.deltas} == case["deltas"]
    assert bool(found.notes) == case.get("notes", False)
    if "write" in case:
        assert merged(type_, case["desired"], case["live"], frozenset(case.get("drops", ()))) == case["write"]
    assert json.dumps([case["desired"], case["live"]]) == before


@pytest.mark.parametrize("case", COMPARE_CASES, ids=[each["name"] for each in COMPARE_CASES])
def test_what_was_written_differs_no_more(case):
    """compare(desired, merged(desired, live)) = nothing, for every case."""
    type_ = resource_type(case["type"])
    written = merged(type_, case["desired"], case["live"])
    assert Comparison(type_, case["desired"], written).deltas == ()
    assert merged(type_, case["desired"], written) == written


@pytest.mark.parametrize("case", COMPARE_CASES, ids=[each["name"] for each in COMPARE_CASES])
def test_a_body_never_differs_from_itself(case):
    for body in (case["desired"], case["live"]):
        assert Comparison(resource_type(case["type"]), body, body).deltas == ()


def test_a_workspace_is_patched_with_all_tags_and_without_what_cannot_change():
    desired = {"location": "x", "tags": {"a": "1"}, "properties": {"retentionInDays": 60, "sku": {"name": "PerGB2018"}}}
    live = {"location": "X", "tags": {"b": "2"}, "properties": {"workspaceCapping": {"dailyQuotaGb": 5}}}
    assert patch(resource_type("workspace"), desired, live) == {
        "tags": {"b": "2", "a": "1"},
        "properties": {"retentionInDays": 60},
    }


@pytest.mark.parametrize("short", SHORTS)
def test_every_path_of_the_facts_is_one_that_a_walk_can_meet(short):
    """A typing mistake in the facts would silently make a difference out of none."""
    type_ = resource_type(short)
    form = shape(type_)
    patterns = [*type_.read_only, *type_.caseless, *type_.types, *type_.unordered, *type_.create_only, *type_.whole]
    for pattern in [*patterns, *type_.keyed, *type_.defaults, *type_.queries, *(each["path"] for each in type_.risks)]:
        assert not pattern.startswith(".")
        walked = ""
        for word in pattern.replace("[]", ".[]").split("."):
            walked = f"{walked}[]" if word == "[]" else form.child(walked, word)
        assert walked == pattern
