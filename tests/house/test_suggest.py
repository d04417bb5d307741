"""One function proposes names, one finds free ones; every room asks them."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.suggest import did_you_mean, free_names, intended_name, nearest_name, numbered_names, unused_name
from tests.support.paths import ROOT

NAMES = st.text("abcXYZ_1", min_size=1, max_size=8)


@given(NAMES, st.lists(NAMES))
def test_a_proposal_is_one_of_the_candidates(name, candidates):
    assert nearest_name(name, candidates) in {None, *candidates}
    assert intended_name(name, candidates) in {None, *candidates}


@given(NAMES, st.lists(NAMES))
def test_what_is_meant_beyond_doubt_is_proposed_too(name, candidates):
    if (intended := intended_name(name, candidates)) is not None:
        assert (nearest_name(name, candidates) or "").lower() == intended.lower()


@given(NAMES, st.lists(NAMES))
def test_a_name_of_another_case_is_proposed_first(name, candidates):
    assert nearest_name(name.swapcase(), [*candidates, name]).lower() == name.lower()


@pytest.mark.parametrize(
    ("name", "candidates", "proposal"),
    [
        ("retenton", ["retention", "total_retention"], "retention"),
        ("TimeCreated", ["TimeGenerated"], "TimeGenerated"),
        ("Orders", ["Returns", "Customers"], None),
        ("", ["a"], None),
        ("x" * 81, ["x" * 82], None),
    ],
)
def test_a_proposal_is_alike(name, candidates, proposal):
    assert nearest_name(name, candidates) == proposal
    assert did_you_mean(name, candidates) == (f"did you mean {proposal!r}?" if proposal else None)


def test_a_name_of_its_own_is_not_taken_for_another():
    assert intended_name("TimeCreated", ["TimeGenerated"]) is None
    assert intended_name("TimeGenerate", ["TimeGenerated"]) == "TimeGenerated"


@given(NAMES, st.sets(NAMES), st.sampled_from(["", "-", "_"]), st.integers(0, 3))
def test_a_free_name_is_free_and_begins_with_the_name(name, used, separator, start):
    free = unused_name(name, used, separator=separator, start=start)
    assert free not in used
    assert free == name or (name in used and free.startswith(f"{name}{separator}"))


@given(st.sets(st.integers(1, 9)))
def test_numbered_names_leave_out_what_is_used(numbers):
    used = {f"Column{number}" for number in numbers}
    names = free_names(numbered_names("Column"), used)
    assert [next(names) for _ in range(3)] == [f"Column{n}" for n in range(1, 20) if n not in numbers][:3]


def test_no_other_module_looks_for_alike_names():
    """A second copy would have a second cutoff."""
    importing = {
        file.relative_to(ROOT / "provisioner").as_posix()
        for file in (ROOT / "provisioner").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, (ast.Name, ast.Attribute, ast.alias))
        and {"get_close_matches", "SequenceMatcher"}
        & {getattr(node, "id", ""), getattr(node, "attr", ""), getattr(node, "name", "")}
    }
    assert importing == {"suggest.py"}
