"""Functions of the deployment itself: its parameters, variables, surroundings."""

from __future__ import annotations

from typing import Any

from provisioner.template.evaluation_context import Context
from provisioner.template.functions.registry import CannotEvaluate, group
from provisioner.template.template_errors import TemplateError
from provisioner.template.template_facts import template_facts
from provisioner.template.unknown_values import unresolved

function = group("deployment")


@function("parameters(name: string) -> any", style="context")
def parameters(name: str, *, context: Context) -> Any:
    """The value of a parameter, in any case of letters."""
    lowered = name.lower()
    if lowered in context.parameters:
        return context.parameters[lowered]
    if context.evaluation.allow_unresolved:
        return unresolved(name)
    raise TemplateError("parameter-not-found", name=name)


@function(
    "variables(name: string) -> any",
    style="context",
    places=frozenset(("variable", "resource", "property", "output", "type")),
)
def variables(name: str, *, context: Context) -> Any:
    """The value of a variable, in any case of letters; not in a parameter's default value, nor in a function."""
    # Parameters are settled before variables exist, and functions see none.
    if context.variables is None:
        raise TemplateError("variable-not-found", name=name)
    return context.variables.value(name)


@function("deployment() -> object", style="context")
def deployment(*, context: Context) -> Any:
    """The deployment: its name, and its template and parameters as far as they are handed on."""
    # A copy: what an expression does with it must not change the deployment.
    return dict(context.deployment)


@function("environment() -> object", style="context")
def environment(*, context: Context) -> Any:
    """The cloud: addresses and suffixes; of global Azure where the caller names no other."""
    return context.evaluation.environment or template_facts()["environment"]


@function("deployer() -> object", style="context")
def deployer(*, context: Context) -> Any:
    """Who deploys: object id and tenant."""
    if context.evaluation.deployer is None:
        raise CannotEvaluate("who deploys is not known here")
    return context.evaluation.deployer


@function("fail(message: string) -> any")
def fail(message: str) -> Any:
    """No value: the template refuses, with a message of its own."""
    raise TemplateError("function-fail", message=message)
