"""Every documented function, by text cases; the list is complete, and the cases cover it."""

from __future__ import annotations

import json

import pytest

from provisioner.template import (
    Deferred,
    DeploymentScope,
    Evaluation,
    TemplateError,
    UnresolvedValue,
    evaluate_expression,
)
from provisioner.template.functions import FUNCTIONS
from provisioner.template.functions.unique_names import unique_string
from provisioner.template.template_facts import documented_functions, refused_functions, template_facts
from tests.support.template_cases import TEMPLATE_CASES, expression_cases

FILES = sorted((TEMPLATE_CASES / "functions").glob("*.txt"))
CASES = [(file.stem, case) for file in FILES for case in expression_cases(file)]
SCOPES = {
    "group": DeploymentScope("S", "rg", tenant="T"),
    "subscription": DeploymentScope("S", tenant="T"),
    "managementGroup": DeploymentScope(management_group="mg", tenant="T"),
    "tenant": DeploymentScope(tenant="T"),
}


def evaluate(case):
    return evaluate_expression(
        f"[{case.text}]",
        SCOPES[case.lines.get("scope", "group")],
        parameters=case.json("parameters"),
        variables=case.json("variables"),
        evaluation=Evaluation(allow_unresolved="allow_unresolved" in case.lines),
    )


@pytest.mark.parametrize(
    "case", [case for _, case in CASES], ids=[f"{group}: {case.text[:60]}" for group, case in CASES]
)
def test_an_expression_gives_what_its_case_says(case):
    if "error" in case.lines:
        reason, part = case.lines["error"].split("; ")
        with pytest.raises(TemplateError) as caught:
            evaluate(case)
        assert (caught.value.reason, part in caught.value.message) == (reason, True), caught.value
        return
    value = evaluate(case)
    if "unresolved" in case.lines:
        assert value == UnresolvedValue(*case.lines["unresolved"].split("; "))
    elif "deferred" in case.lines:
        assert value == Deferred(f"[{case.text}]", tuple(case.lines["deferred"].split(", ")))
    else:
        expected = json.loads(case.lines["gives"])
        assert (value, type(value)) == (expected, type(expected))


def test_every_documented_function_has_an_entry_or_a_reason_and_no_other_has():
    documented = {name.lower() for name in documented_functions()}
    assert set(FUNCTIONS) == documented
    assert not documented & set(refused_functions())


def test_every_function_has_a_case_that_gives_a_value_or_says_why_it_has_none():
    # Those that only stand in some place of a template have their cases among the deployments.
    elsewhere = {"deployment", "references", "resourceinfo", "utcnow", "newguid", "deployer"}
    called = " ".join(case.text.lower() for _, case in CASES)
    assert not {name for name in FUNCTIONS if f"{name}(" not in called} - elsewhere


def test_a_function_stands_in_a_group_of_the_list():
    groups = template_facts()["functions"]
    for function in FUNCTIONS.values():
        names = [*groups[function.group]["names"], *groups[function.group].get("more", {})]
        assert function.name in names, function.signature


def test_every_source_that_is_cited_is_named_and_dated():
    facts = template_facts()
    cited = {limit["source"] for limit in facts["limits"].values()} | set(documented_functions().values())
    for key in cited:
        assert facts["sources"][key].get("date") or facts["sources"][key].get("note"), key


@pytest.mark.parametrize("pair", template_facts()["unique_string"]["pairs"], ids=lambda pair: pair["gives"])
def test_a_unique_string_is_azures_where_one_was_published(pair):
    assert unique_string(*pair["arguments"]) == pair["gives"]


def test_every_signature_can_be_read_and_its_body_says_what_it_does():
    for function in FUNCTIONS.values():
        name, _, returns = function.parts
        assert name == function.name
        assert returns
        assert function.body.__doc__, function.signature
