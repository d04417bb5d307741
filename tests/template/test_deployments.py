"""Templates made into plans, by text cases: order, ids, bodies, outputs, and the place of each fault."""

from __future__ import annotations

import json

import pytest

from provisioner.template import Deferred, DeploymentScope, TemplateError, plan_deployment, read_document
from provisioner.template.template_facts import template_facts
from tests.support.template_cases import TEMPLATE_CASES, deployment_cases

CASES = [
    (file.stem, case)
    for file in sorted((TEMPLATE_CASES / "deployments").glob("*.txt"))
    for case in deployment_cases(file)
]
SCOPES = {
    "group": DeploymentScope("S", "rg", tenant="T"),
    "subscription": DeploymentScope("S", tenant="T"),
    "managementGroup": DeploymentScope(management_group="mg", tenant="T"),
    "tenant": DeploymentScope(tenant="T"),
}


def plan(case):
    kind = case.sections.get("scope", "group").strip()
    body = case.sections["template"].rstrip()
    assert body.endswith("}")
    head = '"contentVersion": "1.0.0.0"'
    if '"$schema"' not in body:
        head += f', "$schema": "{template_facts()["schemas"][kind]}"'
    # Nested templates of the cases have no head of their own either.
    document = read_document(f"{body[:-1]}, {head}}}")
    _add_heads(document.value)
    return plan_deployment(document, SCOPES[kind], parameters=case.json("parameters"))


def _add_heads(value):
    if isinstance(value, dict):
        if isinstance(value.get("template"), dict):
            value["template"].setdefault("$schema", "https://schema.management.azure.com/schemas/x#")
            value["template"].setdefault("contentVersion", "1.0.0.0")
        for inner in value.values():
            _add_heads(inner)
    elif isinstance(value, list):
        for inner in value:
            _add_heads(inner)


def short(key):
    return key.replace("/subscriptions/S/resourceGroups/rg/providers/Microsoft.X/", "").replace(
        "/subscriptions/S/resourceGroups/rg/providers/", ""
    )


def line(instance):
    needs = f" <- {', '.join(map(short, instance.dependencies))}" if instance.dependencies else ""
    mark = " [existing]" if instance.existing else "" if instance.deployed else " [skipped]"
    return f"{short(instance.key)}{needs}{mark}"


def plain(value):
    if isinstance(value, Deferred):
        return {"deferred": list(value.after)}
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "case",
    [case for _, case in CASES if "error" not in case.sections],
    ids=[f"{file}: {case.title}" for file, case in CASES if "error" not in case.sections],
)
def test_a_template_is_planned_as_its_case_says(case):
    planned = plan(case)
    if "resources" in case.sections:
        assert [line(instance) for instance in planned.instances] == case.lines("resources")
    if "ids" in case.sections:
        assert [instance.id for instance in planned.walk()] == case.lines("ids")
    if "bodies" in case.sections:
        bodies = {short(instance.key): plain(instance.body) for instance in planned.instances}
        assert {key: bodies[key] for key in case.json("bodies")} == case.json("bodies")
    if "outputs" in case.sections:
        assert {name: plain(output.value) for name, output in planned.outputs().items()} == case.json("outputs")
    assert len(case.sections) > 1, "the case says nothing of what comes of it"


@pytest.mark.parametrize(
    "case",
    [case for _, case in CASES if "error" in case.sections],
    ids=[f"{file}: {case.title}" for file, case in CASES if "error" in case.sections],
)
def test_a_fault_has_azures_text_and_its_place(case):
    reason, place, part = case.sections["error"].strip().split("; ")
    with pytest.raises(TemplateError) as caught:
        plan(case)
    error = caught.value
    assert (error.reason, f"{error.line}:{error.column}") == (reason, place), error.message
    assert part in error.message
    assert "topsecret" not in error.message
    info = error.json()["additionalInfo"][0]["info"]
    assert (info["lineNumber"], info["linePosition"]) == (error.line, error.column)
    assert json.dumps(error.json())
