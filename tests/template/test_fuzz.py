"""The evaluator fed with broken expressions and templates: an answer or a TemplateError, nothing else, and soon."""

from __future__ import annotations

import copy
import json
import os
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.template import (
    DeploymentScope,
    Evaluation,
    TemplateError,
    evaluate_expression,
    parameter_values,
    plan_deployment,
    read_document,
)
from provisioner.template.template_expression_parser import is_expression
from provisioner.template.template_facts import documented_functions
from tests.support.paths import SHARED
from tests.support.template_cases import TEMPLATE_CASES, deployment_cases, expression_cases

SCOPES = [
    DeploymentScope("S", "rg", tenant="T"),
    DeploymentScope("S", tenant="T"),
    DeploymentScope(management_group="mg", tenant="T"),
    DeploymentScope(tenant="T"),
]
FUZZ = settings(
    max_examples=int(os.environ.get("PROVISIONER_FUZZ", "150")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
# Where the published files are not beside the checkout, the cases are seeds enough.
FILES = sorted((SHARED / "corpus" / "templates").glob("*.json")) + sorted((SHARED / "corpus" / "arm").glob("*.json"))


def strings(value):
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(inner)


TEMPLATES = [
    json.loads(case.sections["template"])
    for path in sorted((TEMPLATE_CASES / "deployments").glob("*.txt"))
    for case in deployment_cases(path)
    if "brackets that do not close" not in case.title
] + [value for path in FILES if isinstance(value := json.loads(path.read_text(encoding="utf-8-sig")), dict)]
EXPRESSIONS = sorted(
    {text for template in TEMPLATES for text in strings(template) if is_expression(text)}
    | {
        f"[{case.text}]"
        for path in sorted((TEMPLATE_CASES / "functions").glob("*.txt"))
        for case in expression_cases(path)
        if "10000" not in case.text  # these are made to take long
    }
)
PIECES = sorted({piece for text in EXPRESSIONS for piece in re.findall(r"\w+|'[^']*'|[()\[\],.]", text)})
NAMES = sorted(documented_functions())
scalars = (
    st.none() | st.booleans() | st.integers(-3, 2**63) | st.sampled_from([0.5, -1e300, "", "x", "[", "[[a]", "[a", "ä"])
)
expressions = st.sampled_from(EXPRESSIONS)
arguments = st.recursive(
    st.sampled_from(["1", "-1", "'a'", "''", "true()", "null()", "parameters('p')", "variables('v')", "createArray()"]),
    lambda inner: (
        st.builds(
            lambda name, parts: f"{name}({', '.join(parts)})", st.sampled_from(NAMES), st.lists(inner, max_size=4)
        )
        | st.builds("lambda('x', {})".format, inner)
        | st.builds("{}.a".format, inner)
        | st.builds("{0}[{1}]".format, inner, inner)
    ),
    max_leaves=10,
)


@st.composite
def broken_expressions(draw):
    pieces = re.findall(r"\w+|'[^']*'|[()\[\],.]|.", draw(expressions), re.DOTALL)
    for _ in range(draw(st.integers(1, 4))):
        position = draw(st.integers(0, len(pieces)))
        pieces[position : position + draw(st.integers(0, 2))] = draw(
            st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=2)
        )
    return "[" + "".join(pieces).strip("[]") + "]"


def paths(value, here=()):
    yield here
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield from paths(inner, (*here, key))


def at(value, path):
    for key in path:
        value = value[key]
    return value


@st.composite
def broken_templates(draw):
    template = copy.deepcopy(draw(st.sampled_from(TEMPLATES)))
    other = draw(st.sampled_from(TEMPLATES))
    for _ in range(draw(st.integers(1, 4))):
        places = [path for path in paths(template) if path]
        if not places:
            break
        *outer, key = draw(st.sampled_from(places))
        container = at(template, outer)
        what = draw(st.sampled_from(["drop", "scalar", "expression", "other", "case"]))
        if what == "drop":
            del container[key]
        elif what == "case" and isinstance(key, str):
            container[key.swapcase()] = container.pop(key)
        elif what == "other":
            container[key] = copy.deepcopy(at(other, draw(st.sampled_from(list(paths(other))))))
        else:
            container[key] = draw(scalars if what == "scalar" else expressions | broken_expressions())
    return template


def answer(action):
    """Whatever comes out can be written as JSON; a fault is a TemplateError with a text."""
    fault = None
    try:
        value = action()
    except TemplateError as error:
        fault = error
    if fault is None:
        json.dumps(value, default=lambda unknown: unknown.text)
    else:
        assert json.dumps(fault.json())
        assert fault.message


@given(broken_expressions() | arguments.map("[{}]".format), st.sampled_from(SCOPES), st.booleans())
@FUZZ
def test_an_expression_gives_an_answer_or_a_template_error(text, scope, allow_unresolved):
    answer(
        lambda: evaluate_expression(
            text,
            scope,
            parameters={"p": {"a": [1, "x", {"a": None}]}},
            variables={"v": "[createArray('a', parameters('p'))]"},
            evaluation=Evaluation(allow_unresolved=allow_unresolved),
        )
    )


@given(broken_templates(), st.sampled_from(SCOPES), st.booleans())
@FUZZ
def test_a_template_gives_a_plan_or_a_template_error(template, scope, allow_unresolved):
    def plan():
        planned = plan_deployment(
            read_document(json.dumps(template)),
            scope,
            parameters=parameter_values({"prefix": "shop", "principalId": "p"}) if allow_unresolved else {},
            evaluation=Evaluation(allow_unresolved=allow_unresolved),
        )
        keys = [instance.key for instance in planned.instances]
        assert len(set(keys)) == len(keys)
        for position, instance in enumerate(planned.instances):
            assert all(keys.index(key) < position for key in instance.dependencies)
        return [[instance.id, instance.name, instance.body] for instance in planned.walk()] + [
            output.value for output in planned.outputs().values()
        ]

    answer(plan)


@given(st.sampled_from(TEMPLATES).map(json.dumps), st.data())
@FUZZ
def test_a_text_is_read_or_refused_with_line_and_column(text, data):
    for _ in range(data.draw(st.integers(1, 3))):
        position = data.draw(st.integers(0, len(text)))
        text = text[:position] + data.draw(st.text(max_size=2)) + text[position + data.draw(st.integers(0, 5)) :]
    fault = None
    try:
        read_document(text)
    except TemplateError as error:
        fault = error
    assert fault is None or (fault.line is not None and fault.column is not None)


@pytest.mark.skipif(not FILES, reason="the published files lie beside the checkout only")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_published_file_is_read_for_an_import(path):
    value = json.loads(path.read_text(encoding="utf-8-sig"))
    declared = value["resources"] if "resources" in value else value if isinstance(value, list) else [value]
    template = value if "resources" in value else {"resources": declared}
    planned = plan_deployment(template, SCOPES[0], evaluation=Evaluation(allow_unresolved=True))
    if path.parent.name == "arm":  # conditions and loops of the others leave some of their resources out
        assert len(list(planned.walk())) == sum(1 for resource in declared if "type" in resource)
    else:
        assert planned.parameters or ".parameters." in path.name
