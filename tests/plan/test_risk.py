"""Risk: every dangerous difference is named, with the yes that accepts it or with what can be done instead."""

from __future__ import annotations

import pytest
import yaml

from provisioner import errors
from provisioner import plan as planned
from provisioner.live import Live
from provisioner.plan import RISKS, report
from provisioner.resources import SHORTS, Graph, Resource, resource_type
from tests.support.paths import CASES

RISK_CASES = yaml.safe_load((CASES / "plan/risk.yaml").read_text(encoding="utf-8"))


def made(case):
    type_ = resource_type(case["type"])
    desired = Resource(type_, "x", "x", "/x", case["desired"], path=("x",))
    live = Resource(type_, "x", "x", "/x", case["live"])
    return planned.plan(Graph([desired]), Live(Graph([live])))


@pytest.mark.parametrize("case", RISK_CASES, ids=[each["name"] for each in RISK_CASES])
def test_a_case(case):
    plan = made(case)
    (change,) = plan.changes
    assert change.action == case.get("action", "update")
    assert change.risk == case["risk"]
    said = report.text(plan)
    for word in case.get("words", ()):
        assert word in said
    if case.get("blocked"):
        with pytest.raises(errors.UnsafePlan):
            plan.raise_if_unsafe([f"{risk}:x" for risk in RISKS])
    elif "allow" in case:
        with pytest.raises(errors.UnsafePlan, match=f"--allow {case['allow']}"):
            plan.raise_if_unsafe()
        plan.raise_if_unsafe([case["allow"]])
        plan.raise_if_unsafe([case["allow"].upper()])
    else:
        plan.raise_if_unsafe()


@pytest.mark.parametrize("short", SHORTS)
def test_what_is_dangerous_says_what_accepts_it_or_what_to_do_instead(short):
    type_ = resource_type(short)
    for fact in type_.risks:
        assert fact["risk"] in RISKS
        assert fact["when"] in {"added", "removed", "changed", "decreased"}
        assert fact["reason"]
    for whole in (type_.removal, type_.replacement):
        assert not whole or (whole["risk"] in RISKS and whole["reason"])


def test_one_yes_is_for_one_risk_of_one_name():
    case = next(each for each in RISK_CASES if each["name"] == "a stream that is gone")
    for other in ("breaking:y", "destructive:x", "breaking", "x", "breaking:*"):
        with pytest.raises(errors.UnsafePlan):
            made(case).raise_if_unsafe([other])
