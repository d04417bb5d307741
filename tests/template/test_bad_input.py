"""Bad input: an error with its place, in bounded time and memory."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from provisioner.template import (
    DeploymentScope,
    Document,
    Evaluation,
    TemplateError,
    evaluate_expression,
    parameter_values,
    plan_deployment,
    read_document,
    read_parameter_file,
)

SCOPE = DeploymentScope("S", "rg", tenant="T")
HEAD = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
}


def refused(action, *arguments, **options):
    with pytest.raises(TemplateError) as caught:
        action(*arguments, **options)
    return caught.value


def plan(**sections):
    return plan_deployment(read_document(json.dumps({**HEAD, "resources": [], **sections})), SCOPE)


@pytest.mark.parametrize(
    ("text", "line", "column", "part"),
    [
        ("", 1, 1, "end of content"),
        ("{", 1, 2, "end of content"),
        ('{"a": }', 1, 7, "Unexpected character"),
        ('{"a": [1, 2}', 1, 12, "After parsing a value"),
        ('{"a": 1}}', 1, 9, "Additional text"),
        ('{"a" 1}', 1, 6, "expected ':'"),
        ('{\n  "a": "no end\n}', 2, 8, "Unexpected character"),
        ('{"a": "\\x"}', 1, 7, "escape"),
        ('{"a": nul}', 1, 7, "Unexpected character"),
        ("{'a': 1}", 1, 2, "property identifier"),
        ('{"a": NaN}', 1, 7, "Unexpected character"),
        ('{"a": /* no end', 1, 7, "Unexpected character"),
        ('{"a": ' + "9" * 5000 + "}", 1, 7, "too large"),
    ],
)
def test_text_that_is_no_json_is_refused_at_its_place(text, line, column, part):
    error = refused(read_document, text)
    assert (error.line, error.column) == (line, column), error
    assert part in error.message
    assert error.code == "InvalidTemplate"


def test_comments_lines_in_strings_and_last_commas_are_taken():
    text = (
        '\ufeff// head\n{"a": "one\n  two", /* inside "quotes" */ "b": [1, 2,], "c": {"d": "// no comment",},}\n// foot'
    )
    assert read_document(text).value == {"a": "one\n  two", "b": [1, 2], "c": {"d": "// no comment"}}


def test_depth_of_a_thousand_is_refused_at_the_place_where_it_is_too_deep():
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        error = refused(read_document, '{"x": ' + opening * 1000 + "1" + closing * 1000 + "}")
        assert (error.reason, error.line) == ("too-deep", 1)
        assert error.column > 100


def test_ten_megabytes_are_refused_before_they_are_read():
    error = refused(read_document, json.dumps({"a": "x" * 10_000_000}))
    assert error.reason == "too-large"


def test_a_template_without_its_text_is_bounded_too():
    deep = []
    for _ in range(900):
        deep = [deep]
    error = refused(plan_deployment, {**HEAD, "resources": [], "variables": {"a": deep}}, SCOPE)
    assert error.reason == "too-deep"


@pytest.mark.parametrize(
    "expression",
    [
        "[concat('a'",
        "[concat('a']",
        "[concat('a'))]",
        "[concat('a' 'b')]",
        "[concat(,)]",
        "['a]",
        "[]",
        "[concat]",
        "[1 2]",
        "[a.b.]",
        "[a()..b]",
        "[a()[]",
        "[?]",
        "[99999999999999999999()]",
        "[-9223372036854775809]",
    ],
)
def test_brackets_and_quotes_that_do_not_match_are_refused(expression):
    if not expression.endswith("]"):
        expression += "]"
    error = refused(evaluate_expression, expression)
    assert error.reason == "expression-syntax"
    assert 0 < error.offset <= len(expression)


def test_an_expression_too_long_or_too_deep_is_refused():
    long = "[concat('" + "x" * 24_576 + "')]"
    assert refused(evaluate_expression, long).reason == "expression-length"
    deep = "[" + "not(" * 1000 + "true()" + ")" * 1000 + "]"
    assert refused(evaluate_expression, deep).reason == "expression-depth"
    indexes = "[a()" + "[a()" * 1000 + "]" * 1000 + "]"
    assert refused(evaluate_expression, indexes).reason == "expression-depth"


def test_a_long_path_is_no_depth():
    value = "x"
    for _ in range(90):
        value = {"a": value}
    assert evaluate_expression("[parameters('p')" + ".a" * 90 + "]", parameters={"p": value}) == "x"


def test_a_chain_of_all_variables_is_evaluated_and_a_circle_of_all_is_told():
    chain = {f"v{index}": f"[concat(variables('v{index + 1}'), 'x')]" for index in range(255)}
    outputs = {"o": {"type": "int", "value": "[length(variables('v0'))]"}}
    assert plan(variables={**chain, "v255": ""}, outputs=outputs).outputs()["o"].value == 255
    with pytest.raises(TemplateError) as caught:
        plan(variables={**chain, "v255": "[variables('v0')]"})
    assert (caught.value.reason, caught.value.path[:1]) == ("circular-variable", ["variables"])


def test_a_chain_of_all_parameters_is_evaluated():
    chain = {f"p{index}": {"type": "string", "defaultValue": f"[parameters('p{index + 1}')]"} for index in range(255)}
    planned = plan(parameters={**chain, "p255": {"type": "string", "defaultValue": "end"}})
    assert {parameter.value for parameter in planned.parameters} == {"end"}


def test_a_circle_that_only_evaluation_finds_is_told():
    error = refused(plan, variables={"a": "[variables(concat('a'))]"})
    assert error.reason == "circular-variable"


def test_variables_that_double_each_other_are_refused_in_little_memory():
    doubling = {f"v{index}": [f"[variables('v{index + 1}')]"] * 10 for index in range(30)}
    tracemalloc.start()
    try:
        error = refused(plan, variables={**doubling, "v30": "x" * 100})
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()
    assert error.reason == "value-size"


@pytest.mark.parametrize(
    "expression",
    [
        "[padLeft('x', 2000000000)]",
        "[replace(parameters('long'), 'x', parameters('long'))]",
        "[join(split(parameters('long'), 'x'), parameters('long'))]",
        "[format('{0}{0}{0}{0}{0}{0}{0}{0}{0}{0}', parameters('long'))]",
        "[concat(parameters('long'), parameters('long'), parameters('long'), parameters('long'), parameters('long'))]",
        "[reduce(range(0, 10000), createArray(1), lambda('a', 'b', union(lambdaVariables('a'), range(0, 9000))))]",
        "[reduce(range(0, 10000), 'x', lambda('a', 'b', concat(lambdaVariables('a'), lambdaVariables('a'))))]",
        "[reduce(range(0, 10000), createObject(), lambda('a', 'b', createObject('k', lambdaVariables('a'))))]",
        "[map(range(0, 10000), lambda('a', range(0, 10000)))]",
        "[sort(range(0, 10000), lambda('a', 'b', contains(range(0, 10000), -1)))]",
        "[string(map(range(0, 10000), lambda('a', parameters('long'))))]",
    ],
)
@pytest.mark.parametrize("allow_unresolved", [False, True])
def test_what_grows_for_ever_ends_with_an_error(expression, allow_unresolved):
    error = refused(
        evaluate_expression,
        expression,
        parameters={"long": "x" * 1_000_000},
        evaluation=Evaluation(allow_unresolved=allow_unresolved),
    )
    assert error.reason in {"value-size", "work", "too-deep"}


def test_all_that_a_template_expands_to_is_bounded():
    big = {
        "copy": {"name": "l", "count": 800},
        "type": "Microsoft.X/a",
        "apiVersion": "1",
        "name": "[concat('a', copyIndex())]",
    }
    resources = [{**big, "properties": {"x": "[variables('v')]"}}]
    error = refused(plan, variables={"v": "x" * 10_000}, resources=resources)
    assert (error.reason, error.code) == ("expansion", "DeploymentSizeExceeded")


def nest(levels):
    template = {**HEAD, "resources": []}
    for _ in range(levels):
        properties = {"expressionEvaluationOptions": {"scope": "inner"}, "template": template}
        deployment = {
            "type": "Microsoft.Resources/deployments",
            "apiVersion": "1",
            "name": "m",
            "properties": properties,
        }
        template = {**HEAD, "resources": [deployment]}
    return template


def test_deployments_inside_deployments_are_bounded():
    assert plan_deployment(nest(10), SCOPE).instances[0].is_deployment
    assert refused(plan_deployment, nest(14), SCOPE).reason == "deployment-depth"


def test_deployments_that_multiply_are_bounded():
    template = {**HEAD, "resources": []}
    for _ in range(4):
        properties = {"expressionEvaluationOptions": {"scope": "inner"}, "template": template}
        deployment = {
            "copy": {"name": "l", "count": 30},
            "type": "Microsoft.Resources/deployments",
            "apiVersion": "1",
            "name": "[concat('m', copyIndex())]",
            "properties": properties,
        }
        template = {**HEAD, "resources": [deployment]}
    assert refused(plan_deployment, template, SCOPE).reason in {"deployment-depth", "work", "expansion"}


def test_limits_are_those_that_azure_names():
    for name, most, value in (("parameters", 256, {"type": "string", "defaultValue": ""}), ("variables", 256, 1)):
        assert plan(**{name: {f"x{index}": value for index in range(most)}})
        error = refused(plan, **{name: {f"x{index}": value for index in range(most + 1)}})
        assert (
            f"The number of template {name} limit exceeded. Limit: '{most}' and actual: '{most + 1}'" in error.message
        )
    outputs = {f"x{index}": {"type": "int", "value": 1} for index in range(65)}
    assert "template outputs limit exceeded" in refused(plan, outputs=outputs).message


@pytest.mark.parametrize(
    "sections",
    [
        {"resources": 5},
        {"resources": [5]},
        {"resources": {"a": []}},
        {"parameters": []},
        {"variables": 5},
        {"variables": {"copy": [5]}},
        {"outputs": 5},
        {"outputs": {"a": 5}},
        {"outputs": {"a": {"type": "nonsense", "value": 1}}},
        {"functions": 5},
        {"functions": [5]},
        {"functions": [{"namespace": "n", "members": {"f": 5}}]},
        {"functions": [{"namespace": "n", "members": {"f": {"parameters": [5], "output": {}}}}]},
        {"definitions": 5},
        {"parameters": {"a": 5}},
        {"parameters": {"a": {"type": 5}}},
        {"resources": [{"type": 5, "apiVersion": "1", "name": "a"}]},
        {"resources": [{"type": "Microsoft.X/a", "apiVersion": "1", "name": 5}]},
        {"resources": [{"type": "Microsoft.X/a", "apiVersion": 5, "name": "a"}]},
        {"resources": [{"type": "Microsoft.X/a", "apiVersion": "1", "name": "a", "dependsOn": "b"}]},
        {"resources": [{"type": "Microsoft.X/a", "apiVersion": "1", "name": "a", "dependsOn": [5]}]},
        {"resources": [{"type": "Microsoft.X/a", "apiVersion": "1", "name": "a", "copy": 5}]},
        {
            "resources": [
                {"type": "Microsoft.X/a", "apiVersion": "1", "name": "a", "copy": {"name": "l", "count": True}}
            ]
        },
        {"resources": [{"type": "Microsoft.X/a", "apiVersion": "1", "name": "a", "scope": 5}]},
        {"resources": [{"type": "Microsoft.X/a", "apiVersion": "1", "name": "a", "resources": [5]}]},
        {"resources": [{"type": "Microsoft.Resources/deployments", "apiVersion": "1", "name": "a", "properties": 5}]},
    ],
)
def test_a_section_of_another_shape_is_refused_with_a_path(sections):
    error = refused(plan, **sections)
    assert error.code in {"InvalidTemplate", "DeploymentOutputEvaluationFailed"}
    assert error.path[:1] == [next(iter(sections))], error.path
    assert error.line == 1


def test_a_value_that_is_no_template_is_refused():
    for value in (None, [], "x", 5):
        assert refused(plan_deployment, Document(value), SCOPE).reason == "not-a-template"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[]", 1),
        ('{"contentVersion": "1", "parameters": []}', 1),
        ('{"a":\n 5}', 2),
        ('{"$schema": "x", "parameters": {\n"a": {"vale": 1}}}', 2),
        ('{"externalInputDefinitions": {"x": 1}}', 1),
    ],
)
def test_a_text_that_is_no_parameter_file_is_refused_at_its_place(text, line):
    error = refused(read_parameter_file, text)
    assert (error.reason, error.line) == ("parameter-file", line)


def test_a_parameter_file_is_read_with_or_without_its_head():
    bare = {"a": {"value": 1}, "parameters": {"value": 2}}
    assert read_parameter_file(json.dumps(bare)) == bare
    whole = {"$schema": "https://schema/deploymentParameters.json#", "parameters": bare}
    assert read_parameter_file(json.dumps(whole)) == bare


def test_foreign_texts_in_errors_are_cut_and_cleaned():
    error = refused(evaluate_expression, "[parameters('\u001b[31m" + "x" * 1000 + "')]")
    assert "\u001b" not in error.message
    assert len(error.message) < 700


def test_a_secret_is_in_no_error_and_in_no_representation():
    secret = "hunter2-hunter2"
    declared = {"s": {"type": "secureString", "minLength": 100}}
    document = Document({**HEAD, "resources": [], "parameters": declared})
    error = refused(plan_deployment, document, SCOPE, parameters=parameter_values({"s": secret}))
    assert secret not in error.message + json.dumps(error.json())
    for use in ("int(parameters('s'))", "json(parameters('s'))", "parameters('s').x", "substring(parameters('s'), 99)"):
        outputs = {"o": {"type": "string", "value": f"[{use}]"}}
        document = Document(
            {**HEAD, "resources": [], "parameters": {"s": {"type": "securestring"}}, "outputs": outputs}
        )
        error = refused(plan_deployment, document, SCOPE, parameters=parameter_values({"s": secret}))
        assert secret not in error.message
    outputs = {"o": {"type": "securestring", "value": "[parameters('s')]"}}
    document = Document({**HEAD, "resources": [], "parameters": {"s": {"type": "securestring"}}, "outputs": outputs})
    planned = plan_deployment(document, SCOPE, parameters=parameter_values({"s": secret}))
    shown = [planned.outputs()["o"].json(), planned.parameters[0].json()]
    assert shown == [{"type": "SecureString"}, {"type": "SecureString"}]
    assert secret not in repr(planned.outputs()) + repr(planned.parameters) + repr(planned.instances)
    assert planned.outputs()["o"].value == secret
