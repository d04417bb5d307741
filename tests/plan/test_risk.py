"""Risk: every dangerous difference is named, with the yes that accepts it or with what can be done instead."""

from __future__ import annotations

import pytest
import yaml

from provisioner import errors
from provisioner import plan as planned
from provisioner.live import LiveResources
from provisioner.plan import RISKS, report
from provisioner.resources import TYPES_IN_ORDER, Graph, Resource, resource_type
from tests.support.paths import CASES

RISK_CASES = yaml.safe_load((CASES / "plan/risk.yaml").read_text(encoding="utf-8"))


def plan_of(case):
    type_ = resource_type(case["type"])
    desired = Resource(type_, "x", "x", "/x", case["desired"], path=("x",))
    live = Resource(type_, "x", "x", "/x", case["live"])
    return planned.build_plan(Graph([desired]), LiveResources(Graph([live])))


@pytest.mark.parametrize("case", RISK_CASES, ids=[case["name"] for case in RISK_CASES])
def test_a_case(case):
    plan = plan_of(case)
    (change,) = plan.changes
    assert change.action == case.get("action", "update")
    assert change.risk == case["risk"]
    text = report.format_text(plan)
    for fragment in case.get("words", ()):
        assert fragment in text
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


@pytest.mark.parametrize("short", TYPES_IN_ORDER)
def test_what_is_dangerous_says_what_accepts_it_or_what_to_do_instead(short):
    type_ = resource_type(short)
    for fact in type_.risk.change_risks:
        assert fact["risk"] in RISKS
        assert fact["when"] in {"added", "removed", "changed", "decreased"}
        assert fact["reason"]
    for fact in (type_.risk.removal, type_.risk.replacement):
        assert not fact or (fact["risk"] in RISKS and fact["reason"])


def test_one_yes_is_for_one_risk_of_one_name():
    case = next(candidate for candidate in RISK_CASES if candidate["name"] == "a stream that is gone")
    for other in ("breaking:y", "destructive:x", "breaking", "x", "breaking:*"):
        with pytest.raises(errors.UnsafePlan):
            plan_of(case).raise_if_unsafe([other])
