"""The page of the template language, docs/template.md, from the room `template` itself; see `tools.generate`."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from provisioner.template.functions import FUNCTIONS, list_action
from provisioner.template.functions.registry import Function
from provisioner.template.template_facts import template_facts
from tools.marked_blocks import ROOT

PAGE = ROOT / "docs" / "template.md"

HEAD = """# ARM's template language

`provisioner.template` reads templates as Azure Resource Manager does: it fills parameters, evaluates expressions, turns
loops and nested deployments into resources, and puts them in order. `import` reads other tools' files through it, the
emulator deploys through it. It knows no resource of any provider, needs no network and imports no SDK. This page is
made from the code and from `schemas/template.yaml` (`make generate`).

## Use

```python
from provisioner.template import DeploymentScope, plan_deployment, read_document, read_parameter_file

document = read_document(text)  # comments, strings over several lines, a last comma
plan = plan_deployment(
    document, DeploymentScope("<subscription id>", "rg-shop"), parameters=read_parameter_file(parameters_text)
)
for instance in plan.instances:  # each after what it depends on
    print(instance.id, instance.condition, instance.existing, instance.dependencies, instance.body)
```

| who | hands in | gets |
| --- | --- | --- |
| who reads (import) | `Evaluation(allow_unresolved=True)` | `plan.walk()`: every resource, nested deployments looked through |
| who checks (validate, what-if) | a resolver that gives `Deferred` for what is not deployed | `plan.instances`, `plan.nested(instance)`, `plan.outputs()` |
| who deploys | a `Resolver` that looks at what is deployed | `plan.body(instance, resolver)` and `plan.nested(instance, resolver)` when it is the resource's turn, `plan.outputs(resolver)` in the end |

`evaluate_expression("[concat('a', parameters('b'))]", parameters={"b": "c"})` evaluates one value alone.

## Three answers

| answer | when | has |
| --- | --- | --- |
| a value | all is known | |
| `Deferred` | known only once some resources are deployed: `reference()`, `list*` | `after`, their ids; `text`, the expression |
| `UnresolvedValue` | not in the source: a parameter without a value, what only Azure knows; with `allow_unresolved` also what cannot be evaluated | `name` of what is missing; `text` with `{{name}}` in its place, as in `dcr-{{prefix}}` |

The last two are `Unknown` and may stand anywhere in a body. `if`, `and`, `or` and `coalesce` evaluate only what they
need, so a value may be known although a part of its expression is not. Of a nested deployment's outputs as much is
known before it is deployed as its own plan knows.

## What of the language

- **Parameters**: every type, `allowedValues`, lengths and bounds, `nullable`, defaults that speak of other parameters in
  any order, `definitions` with `$ref`, `properties`, `additionalProperties`, `items`, `prefixItems` and discriminators;
  values as `value`, `expression` or a key vault's `reference`.
- **Variables and functions of the template**: each variable once; circles are told with their chain.
- **Loops** for resources (`serial` with `batchSize`, too), properties, variables and outputs.
- **Resources**: as an array or by symbolic name, children inside parents, `condition`, `existing`, `scope` of extensions.
- **Order**: `dependsOn` by id, by the id from the provider on, by name, by symbolic name, by the name of a loop;
  `reference()`, `references()` and `list*` by name; a serial loop's batches. An id in an expression and a place inside a
  parent order where they close no circle.
- **Scopes**: groups, subscriptions, management groups, the tenant; nested deployments into others, with the inner or the
  outer template's names.
- **Outputs** of every type; secure ones are never shown.

Not evaluated, and said so: linked templates (`templateLink`), extensions of the engine (`extensions`, `imports`), and
the functions that only Azure can answer, below.

## Errors

A `TemplateError` has Azure's `code` and text, a `path`, `line` and `column` (where the template came as a text), and a
`reason`, the key of its text in `schemas/template.yaml`. `error.json()` is Azure's shape of it. Of a template inside a
request, `Document(template, request_text, ("properties", "template"))` counts places in the request, as Azure does.
The value of a secure parameter is in no error.
"""


def pages() -> dict[Path, str]:
    """The whole page."""
    return {PAGE: language_page()}


def language_page() -> str:
    """The page's text."""
    return "\n".join([HEAD, *_functions(), "", *_limits(), ""])


def _functions() -> Iterator[str]:
    facts = template_facts()
    yield "## Functions"
    yield ""
    yield "Names are taken in any case. `?` may be left out, `*` any number, `+` one or more."
    for name, group in facts["functions"].items():
        source = facts["sources"][group["source"]]
        yield ""
        yield f"### {name.capitalize()}"
        yield ""
        yield f"Source: [{group['source']}]({source['url']}), {source['date']}."
        yield ""
        yield "| function | gives |"
        yield "| --- | --- |"
        for function in _of(name, group):
            yield f"| `{_escaped(function.signature)}` | {_meaning(function)} |"
        for refused, why in group.get("refused", {}).items():
            yield f"| `{refused}(…)` | refused: {why} |"


def _of(name: str, group: dict[str, list[str]]) -> list[Function]:
    """A function of several groups stands in the first of them, or where its file is."""
    listed = [FUNCTIONS[function_name.lower()] for function_name in [*group["names"], *group.get("more", {})]]
    own = [function for function in listed if function.group == name]
    return [*own, list_action] if "family" in group else own


def _meaning(function: Function) -> str:
    if function is list_action:
        return "the answer of the POST action of that name: `listKeys` and every other name that begins with `list`."
    return _escaped(" ".join((function.body.__doc__ or "").split()))


def _escaped(text: str) -> str:
    return text.replace("|", r"\|")


def _limits() -> Iterator[str]:
    facts = template_facts()
    yield "## Limits"
    yield ""
    yield "| limit | most | source |"
    yield "| --- | --- | --- |"
    for name, limit in facts["limits"].items():
        source = facts["sources"][limit["source"]]
        where = f"[{limit['source']}]({source['url']}), {source['date']}" if "url" in source else source["note"]
        note = f" ({limit['note']})" if "note" in limit else ""
        yield f"| {name.replace('_', ' ')}{note} | {limit['most']:,} | {where} |"
