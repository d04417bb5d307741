"""Functions that `let` makes: their bodies are bound in place of the call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from provisioner.kql.binding.implicit_casts import cast
from provisioner.kql.ir.bound_expression import Bound, compose
from provisioner.kql.ir.scope import Function, Scope
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary.scalar_types import CASTS, UNKNOWN, widen

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder


def inline(binder: Binder, node: tree.Call, function: Function, scope: Scope) -> Bound:
    """The value of a scalar user function."""
    body = function.body
    if isinstance(body.result, tree.Pipeline):
        binder.report("KQL112", f"{node.name!r} gives rows, not a value", node.at)
        return binder.unknown(node.span)
    given = arguments(binder, node, function, scope)
    if given is None:
        return binder.unknown(node.span)
    inside = Scope({}, function.scope, None)
    words: list[str] = []
    assigned: list[Bound] = []
    for parameter, argument in zip(body.parameters, given, strict=True):
        _hold(binder, parameter.name, argument, inside, words, assigned)
    for let in body.lets:
        if isinstance(let.value, tree.Expression):
            _hold(binder, let.name, binder.expression(let.value, inside), inside, words, assigned)
        elif isinstance(let.value, tree.Body):
            inside.names[let.name] = Function(let.value, inside)
    binder.spend(node.span)
    result = binder.expression(body.result, inside)
    if not words:
        return replace(result, span=node.span, name=None)
    parts = [*assigned, result]
    return compose("with", result.type, tuple(words), parts, nullable=result.nullable, span=node.span)


def arguments(binder: Binder, node: tree.Call, function: Function, scope: Scope) -> list[Bound] | None:
    """One argument for each parameter, by position, by name or by default; None where they do not match."""
    parameters = function.body.parameters
    slots: dict[str, Bound] = {}
    position = 0
    for label, expression in zip(node.labels, node.arguments, strict=True):
        bound = binder.expression(expression, scope)
        name = label or (parameters[position].name if position < len(parameters) else "")
        position += not label
        if name not in {parameter.name for parameter in parameters} or name in slots:
            said = f"has no parameter {label!r}" if label else f"takes {len(parameters)} arguments"
            binder.report("KQL105", f"{node.name} {said}", expression.span)
            return None
        slots[name] = bound
    return _filled(binder, node, parameters, slots, function)


def _filled(
    binder: Binder, node: tree.Call, parameters: Sequence[tree.Parameter], slots: dict[str, Bound], function: Function
) -> list[Bound] | None:
    found: list[Bound] = []
    for parameter in parameters:
        bound = slots.get(parameter.name)
        if bound is None and parameter.default is not None:
            bound = binder.expression(parameter.default, function.scope)
        if bound is None:
            binder.report("KQL105", f"{node.name} needs a value for {parameter.name!r}", node.span)
            return None
        if bound.type != UNKNOWN and widen(bound.type, parameter.type) is None and not _narrows(bound, parameter):
            function_name = CASTS.get(parameter.type)
            hint = f"cast it with {function_name}()" if function_name else None
            message = f"{parameter.name!r} of {node.name} is {parameter.type}, this is {bound.type}"
            binder.report("KQL106", message, bound.span, hint=hint)
            return None
        found.append(cast(bound, parameter.type))
    return found


def _narrows(bound: Bound, parameter: tree.Parameter) -> bool:
    """A whole literal is a long, and may be given where an int is wanted; anything may be given as a dynamic."""
    return (bound.type == "long" and parameter.type == "int") or parameter.type == "dynamic"


def _hold(binder: Binder, name: str, value: Bound, inside: Scope, words: list[str], assigned: list[Bound]) -> None:
    """Let `name` stand for a value; what has to be computed is computed once."""
    value = binder.bearable(value)
    if value.kind in ("constant", "variable"):
        inside.names[name] = replace(value, name=name)
        return
    word = binder.variable("p")
    words.append(word)
    assigned.append(value)
    inside.names[name] = Bound(
        "variable", value.type, word, nullable=value.nullable, reads=value.reads,
        volatile=value.volatile, span=value.span, name=name, wrapped=value.wrapped, weight=value.weight,
    )  # fmt: skip
