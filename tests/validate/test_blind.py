"""Mutants written without knowing the rules: what Azure refuses or drops is reported, what it takes is no error."""

from __future__ import annotations

import pytest

from provisioner.load import load_document
from provisioner.validate import check
from tests.support.blind.base_manifests import BASES
from tests.support.mutations_blind import Outcome, blind_mutants, judge, report

ALWAYS = 95.0


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    folder = tmp_path_factory.mktemp("blind")
    return [judge(mutant, folder) for mutant in blind_mutants()]


@pytest.mark.parametrize("path", BASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_manifests_that_are_changed_are_without_a_finding(path):
    assert check(load_document(path)) == ()


def test_nearly_all_wrong_manifests_are_told_of(outcomes: list[Outcome]):
    """Survivors are listed by name in the failure."""
    wrong = [one for one in outcomes if one.mutant.verdict != "legal" and not one.mutant.unsettled]
    assert len(wrong) > 900
    caught = sum(one.right for one in wrong)
    assert 100 * caught / len(wrong) >= ALWAYS, "\n".join(report(outcomes))


def test_nearly_all_findings_name_what_is_wrong(outcomes: list[Outcome]):
    """A finding about something else is luck: the message or the line that it stands on holds the wrong word."""
    worded = [
        one
        for one in outcomes
        if one.mutant.expected_text and one.mutant.verdict != "legal" and not one.mutant.unsettled
    ]
    assert len(worded) > 400
    named = sum(one.names_the_cause for one in worded)
    assert 100 * named / len(worded) >= ALWAYS, "\n".join(report(outcomes))


def test_no_legal_boundary_is_refused(outcomes: list[Outcome]):
    refused = [
        f"{one.mutant.name}: {one.messages}" for one in outcomes if one.mutant.verdict == "legal" and not one.right
    ]
    assert not refused, "\n".join(refused)


def test_no_operator_leaves_a_manifest_as_it_was_or_repeats_another(outcomes: list[Outcome]):
    """Each mutant is a case of its own: a figure made of repetitions would mean nothing."""
    texts = [one.mutant.text for one in outcomes if one.mutant.verdict != "legal"]
    assert len(set(texts)) > 0.99 * len(texts)
