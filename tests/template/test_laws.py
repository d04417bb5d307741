"""Laws of the template language: what holds for every value, expression and order."""

from __future__ import annotations

import json
import string
import uuid

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from provisioner.template import (
    DeploymentScope,
    Evaluation,
    TemplateError,
    UnresolvedValue,
    evaluate_expression,
    plan_deployment,
    read_document,
)
from provisioner.template.expression_tree import Call, Literal, Path, Step, write_expression
from provisioner.template.functions import FUNCTIONS
from provisioner.template.json_text import scan_json
from provisioner.template.template_expression_parser import parse_expression

SCOPE = DeploymentScope("S", "rg", tenant="T")
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
scalars = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=12
)
names = st.text(string.ascii_letters, min_size=1, max_size=6)


def call(name, *arguments):
    """A function's value, with its arguments handed in as parameters."""
    parameters = {f"p{index}": argument for index, argument in enumerate(arguments)}
    text = ", ".join(f"parameters('{parameter}')" for parameter in parameters)
    return evaluate_expression(f"[{name}({text})]", SCOPE, parameters=parameters)


@given(values)
@settings(deadline=None)
def test_the_lenient_reader_reads_strict_json_as_python_does(value):
    for text in (json.dumps(value), json.dumps(value, indent=1, ensure_ascii=False)):
        assert scan_json(text) == json.loads(text)


@given(values)
@settings(deadline=None)
def test_a_value_without_expressions_is_its_own_value(value):
    assume(not any(text.startswith("[") for text in _strings(value)))
    assert evaluate_expression(value) == value


def _strings(value):
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(inner)
    if isinstance(value, dict):
        yield from value


@given(texts)
def test_an_escaped_text_is_the_text_in_brackets(text):
    assert evaluate_expression(f"[[{text}]") == f"[{text}]"


nodes = st.recursive(
    st.builds(Literal, texts | st.integers(-(2**63), 2**63 - 1)),
    lambda inner: (
        st.builds(Call, names, st.lists(inner, max_size=3).map(tuple), st.just(0))
        | st.builds(
            Path,
            st.builds(Call, names, st.lists(inner, max_size=1).map(tuple), st.just(0)),
            st.lists(st.builds(Step, st.builds(Literal, names) | inner, st.just(0)), min_size=1, max_size=3).map(tuple),
        )
    ),
    max_leaves=8,
)


@given(nodes)
@settings(deadline=None)
def test_what_is_written_parses_to_the_same_tree(node):
    text = write_expression(node)
    assert write_expression(parse_expression(f"[{text}]")) == text


@given(texts)
def test_base64_and_uri_components_come_back(text):
    assert call("base64ToString", call("base64", text)) == text
    assert call("uriComponentToString", call("uriComponent", text)) == text
    assert call("dataUriToString", call("dataUri", text)) == text


@given(values)
@settings(deadline=None)
def test_a_value_as_a_text_is_json_that_comes_back(value):
    assume(isinstance(value, (dict, list)))
    assert call("json", call("string", value)) == value


@given(st.lists(texts.filter(lambda text: "," not in text), min_size=1, max_size=5))
def test_what_is_joined_splits_again(parts):
    assert call("split", call("join", parts, ","), ",") == parts


@given(st.lists(values, max_size=6) | texts, st.integers(-3, 9))
@settings(deadline=None)
def test_take_and_skip_are_two_halves(items, count):
    assert call("take", items, count) + call("skip", items, count) == items


@given(st.lists(values, max_size=5), st.lists(values, max_size=5))
@settings(deadline=None)
def test_union_and_intersection_are_those_of_sets(one, other):
    union, common = call("union", one, other), call("intersection", one, other)
    assert call("union", union, union) == union
    assert all(call("contains", union, member) for member in [*one, *other])
    assert all(call("contains", one, member) and call("contains", other, member) for member in common)
    assert call("length", union) == len(call("union", one, [])) + len(call("union", other, [])) - len(common)


@given(st.dictionaries(names.map(str.lower), values, max_size=5))
@settings(deadline=None)
def test_an_object_comes_back_from_its_items(value):
    key, inner = (f"lambda('i', lambdaVariables('i').{name})" for name in ("key", "value"))
    expression = f"[toObject(items(parameters('o')), {key}, {inner})]"
    assert evaluate_expression(expression, parameters={"o": value}) == value


@given(st.lists(st.integers(-99, 99), max_size=20))
@settings(deadline=None)
def test_sorting_orders_and_keeps_every_member(numbers):
    expression = "[sort(parameters('n'), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))]"
    assert evaluate_expression(expression, parameters={"n": numbers}) == sorted(numbers)


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**31), 2**31).filter(bool))
def test_division_and_remainder_belong_together(one, other):
    assume(not (one == -(2**63) and other == -1))
    assert call("div", one, other) * other + call("mod", one, other) == one


@given(texts, texts)
def test_exactly_one_order_holds_between_two_texts(one, other):
    orders = [call("less", one, other), call("greater", one, other), call("equals", one, other)]
    assert orders.count(True) == 1


@given(st.lists(texts, min_size=1, max_size=3))
def test_names_made_of_texts_are_always_the_same(parts):
    unique, guid = call("uniqueString", *parts), call("guid", *parts)
    assert len(unique) == 13
    assert set(unique) <= set(string.ascii_lowercase + "234567")
    assert unique == call("uniqueString", "-".join(parts))
    assert guid == str(uuid.uuid5(uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830"), "-".join(parts)))


@given(texts.filter(lambda text: "{" not in text and "}" not in text), st.lists(texts, max_size=3))
def test_a_format_without_specifications_is_pythons(text, arguments):
    pattern = text + "".join(f"{{{index}}}" for index in range(len(arguments)))
    assert call("format", pattern, *arguments) == pattern.format(*arguments)


@given(names, st.sampled_from(["toLower", "toUpper", "trim"]), texts)
def test_an_unresolved_value_keeps_its_name_through_functions_of_texts(name, function, text):
    value = evaluate_expression(
        f"[{function}(concat(parameters('t'), parameters('{name}')))]",
        parameters={"t": text} if name.lower() != "t" else {},
        evaluation=Evaluation(allow_unresolved=True),
    )
    assert isinstance(value, UnresolvedValue)
    assert value.name == (name if name.lower() != "t" else "t")


@st.composite
def graphs(draw):
    """Resources by symbolic name, each of which may depend on those before it in a hidden order."""
    symbols = draw(st.permutations([f"r{index}" for index in range(draw(st.integers(1, 9)))]))
    needs = {
        symbol: draw(st.lists(st.sampled_from(symbols[:index]), unique=True, max_size=3)) if index else []
        for index, symbol in enumerate(symbols)
    }
    return {symbol: needs[symbol] for symbol in draw(st.permutations(symbols))}


def template(resources):
    return {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "languageVersion": "2.0",
        "resources": resources,
    }


@given(graphs(), st.data())
@settings(deadline=None)
def test_each_resource_comes_after_what_it_depends_on(graph, data):
    by_reference = data.draw(st.sets(st.sampled_from(sorted(graph))))
    resources = {}
    for symbol, needs in graph.items():
        resources[symbol] = {"type": "Microsoft.X/a", "apiVersion": "1", "name": symbol}
        if symbol in by_reference:
            resources[symbol]["properties"] = [f"[reference('{need}').x]" for need in needs]
        else:
            resources[symbol]["dependsOn"] = needs
    ordered = [instance.key for instance in plan_deployment(template(resources), SCOPE).instances]
    assert sorted(ordered) == sorted(graph)
    assert all(ordered.index(need) < ordered.index(symbol) for symbol, needs in graph.items() for need in needs)


@given(graphs(), st.data())
@settings(deadline=None)
def test_a_circle_is_always_told(graph, data):
    symbols = list(graph)
    closing = data.draw(st.sampled_from(symbols))
    resources = {
        symbol: {"type": "Microsoft.X/a", "apiVersion": "1", "name": symbol, "dependsOn": [*needs]}
        for symbol, needs in graph.items()
    }
    resources["back"] = {"type": "Microsoft.X/a", "apiVersion": "1", "name": "back", "dependsOn": [closing]}
    first = closing
    while graph[first]:
        first = graph[first][0]
    resources[first]["dependsOn"].append("back")
    with pytest.raises(TemplateError) as caught:
        plan_deployment(template(resources), SCOPE)
    assert caught.value.reason == "circular-dependency"
    assert caught.value.path[0] == "resources"


@given(st.integers(0, 30), st.integers(1, 9))
@settings(deadline=None)
def test_a_loop_makes_as_many_as_it_counts_in_batches(count, batch):
    loop = {"name": "loop", "count": count, "mode": "serial", "batchSize": batch}
    declared = {"copy": loop, "type": "Microsoft.X/a", "apiVersion": "1", "name": "[concat('a', copyIndex())]"}
    instances = plan_deployment(template({"many": declared}), SCOPE).instances
    assert [instance.name for instance in instances] == [f"a{index}" for index in range(count)]
    for index, instance in enumerate(instances):
        start = (index // batch - 1) * batch
        assert instance.dependencies == tuple(f"many[{before}]" for before in range(max(start, 0), start + batch))


@given(values, st.lists(names, min_size=1, max_size=3))
@settings(deadline=None)
def test_the_place_of_a_fault_is_where_the_text_has_it(value, path):
    fault = "[noSuchFunction()]"
    document = {"value": value, "inner": fault}
    for key in path:
        document = {"before": value, key: document}
    text = json.dumps(
        {
            "$schema": "s",
            "contentVersion": "1",
            "resources": [],
            "outputs": {"o": {"type": "object", "value": document}},
        },
        indent=2,
    )
    assume(text.count(fault) == 1 and not any(inner.startswith("[") for inner in _strings(value)))
    assume(not any(name.lower() == "before" for name in path) and "copy" not in json.dumps([value, path]))
    with pytest.raises(TemplateError) as caught:
        plan_deployment(read_document(text), SCOPE)
    lines = text[: text.index(fault)].split("\n")
    assert (caught.value.line, caught.value.column) == (len(lines), len(lines[-1]) + 2)


def test_names_of_functions_are_taken_in_any_case():
    for name in FUNCTIONS:
        assert name == name.lower()
    assert evaluate_expression("[CONCAT('a', ToUpper('b'))]") == "aB"
    assert evaluate_expression("[sys.concat('a')]") == "a"
