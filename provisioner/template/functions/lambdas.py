"""Functions that take a lambda: an expression evaluated for each member."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any

from provisioner.template.evaluate_type import Evaluate
from provisioner.template.evaluation_context import Context
from provisioner.template.expression_tree import Call, Literal, Node
from provisioner.template.functions.registry import CannotEvaluate, group
from provisioner.template.json_values import azure_type_of, text_of
from provisioner.template.template_errors import TemplateError
from provisioner.template.unknown_values import Deferred, Unknown, combined

function = group("lambda")


class _NotKnown(Exception):
    """A member's value is needed, and unknown; carries it out of a sort."""

    def __init__(self, value: Unknown) -> None:
        super().__init__(value.name)
        self.value = value


@dataclass(frozen=True, slots=True)
class _Lambda:
    """The names of the variables and the body, with what evaluates it."""

    names: tuple[str, ...]
    body: Node
    context: Context
    evaluate: Evaluate

    def __call__(self, *values: Any) -> Any:
        """The body's value; a lambda with fewer variables does not see the last values (an index, mostly)."""
        # One context for all turns: deriving one for each member would copy it as often.
        context, outer = self.context, self.context.lambdas
        context.evaluation.budget.spend()
        context.lambdas = {**outer, **dict(zip(self.names, values, strict=False))}
        try:
            return self.evaluate(self.body, context)
        finally:
            context.lambdas = outer


def _lambda(node: Node, most: int, context: Context, evaluate: Evaluate, least: int = 1) -> _Lambda:
    if not isinstance(node, Call) or node.name.lower() not in ("lambda", "sys.lambda") or not node.arguments:
        raise CannotEvaluate("a lambda is expected")
    *variables, body = node.arguments
    names = tuple(
        variable.value.lower()
        for variable in variables
        if isinstance(variable, Literal) and isinstance(variable.value, str)
    )
    if len(names) != len(variables) or not least <= len(names) <= most:
        raise CannotEvaluate(f"the lambda must name {least} to {most} variables, each a string")
    return _Lambda(names, body, context, evaluate)


def _array(node: Node, context: Context, evaluate: Evaluate) -> Any:
    value = evaluate(node, context)
    if not isinstance(value, (list, Unknown)):
        raise CannotEvaluate(f"an array is expected, not a value of type '{azure_type_of(value)}'")
    return value


def _measured(value: Any, context: Context) -> Any:
    context.evaluation.budget.check(value)
    return value


def _text_key(key: Any) -> str:
    # The name of a property must be known; an unresolved one can stand as its own text, `{{name}}`.
    if isinstance(key, Deferred):
        raise _NotKnown(key)
    if not isinstance(key, (str, Unknown)):
        raise CannotEvaluate("the key must be a string")
    return text_of(key)


@function("map(items: array, lambda: lambda) -> array", style="lazy")
def map_(nodes: tuple[Node, ...], context: Context, evaluate: Evaluate) -> Any:
    """The array of what the lambda makes of each member; a second variable gets the index."""
    members = _array(nodes[0], context, evaluate)
    if isinstance(members, Unknown):
        return members
    apply = _lambda(nodes[1], 2, context, evaluate)
    return _measured([apply(member, index) for index, member in enumerate(members)], context)


@function("filter(items: array, lambda: lambda) -> array", style="lazy")
def filter_(nodes: tuple[Node, ...], context: Context, evaluate: Evaluate) -> Any:
    """The members for which the lambda is true; a second variable gets the index."""
    members = _array(nodes[0], context, evaluate)
    if isinstance(members, Unknown):
        return members
    apply = _lambda(nodes[1], 2, context, evaluate)
    kept: list[Any] = []
    unknown: list[Unknown] = []
    for index, member in enumerate(members):
        # Every member is looked at, so that all that is waited for is named at once.
        verdict = apply(member, index)
        if isinstance(verdict, Unknown):
            unknown.append(verdict)
        elif _truth(verdict):
            kept.append(member)
    return combined(unknown) if unknown else kept


def _truth(verdict: Any) -> bool:
    if not isinstance(verdict, bool):
        raise CannotEvaluate(f"the lambda must give a boolean value, not one of type '{azure_type_of(verdict)}'")
    return verdict


@function("reduce(items: array, initial: any, lambda: lambda) -> any", style="lazy")
def reduce_(nodes: tuple[Node, ...], context: Context, evaluate: Evaluate) -> Any:
    """One value: the lambda is handed what it made so far and the next member; a third variable gets the index."""
    members = _array(nodes[0], context, evaluate)
    if isinstance(members, Unknown):
        return members
    value = evaluate(nodes[1], context)
    apply = _lambda(nodes[2], 3, context, evaluate, least=2)
    for index, member in enumerate(members):
        value = apply(value, member, index)
    return value


@function("sort(items: array, lambda: lambda) -> array", style="lazy")
def sort_(nodes: tuple[Node, ...], context: Context, evaluate: Evaluate) -> Any:
    """The members in order: the lambda says whether the first of two comes before the second."""
    members = _array(nodes[0], context, evaluate)
    if isinstance(members, Unknown):
        return members
    apply = _lambda(nodes[1], 2, context, evaluate, least=2)

    def before(one: Any, other: Any) -> bool:
        verdict = apply(one, other)
        if isinstance(verdict, Unknown):
            raise _NotKnown(verdict)
        return _truth(verdict)

    # The lambda says "before" alone; asked both ways it also says "equal", and equal members keep their order.
    def order(one: Any, other: Any) -> int:
        return -1 if before(one, other) else 1 if before(other, one) else 0

    try:
        return sorted(members, key=cmp_to_key(order))
    except _NotKnown as unknown:
        return unknown.value


@function("toObject(items: array, key: lambda, value: lambda?) -> object", style="lazy")
def to_object(nodes: tuple[Node, ...], context: Context, evaluate: Evaluate) -> Any:
    """An object with a property of each member: its name by one lambda, its value by another, or the member."""
    members = _array(nodes[0], context, evaluate)
    if isinstance(members, Unknown):
        return members
    key = _lambda(nodes[1], 1, context, evaluate)
    value = _lambda(nodes[2], 1, context, evaluate) if len(nodes) > 2 else None
    try:
        pairs = {_text_key(key(member)): value(member) if value else member for member in members}
    except _NotKnown as unknown:
        return unknown.value
    return _measured(pairs, context)


@function("groupBy(items: array, key: lambda, value: lambda?) -> object", style="lazy")
def group_by(nodes: tuple[Node, ...], context: Context, evaluate: Evaluate) -> Any:
    """An object of arrays: the members, or what another lambda makes of them, by the key that the first one gives."""
    members = _array(nodes[0], context, evaluate)
    if isinstance(members, Unknown):
        return members
    key = _lambda(nodes[1], 1, context, evaluate)
    value = _lambda(nodes[2], 1, context, evaluate) if len(nodes) > 2 else None
    groups: dict[str, list[Any]] = {}
    try:
        for member in members:
            groups.setdefault(_text_key(key(member)), []).append(value(member) if value else member)
    except _NotKnown as unknown:
        return unknown.value
    return _measured(groups, context)


@function("mapValues(dictionary: object, lambda: lambda) -> object", style="lazy")
def map_values(nodes: tuple[Node, ...], context: Context, evaluate: Evaluate) -> Any:
    """The object with each value replaced by the lambda's value for it."""
    value = evaluate(nodes[0], context)
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, dict):
        raise CannotEvaluate(f"an object is expected, not a value of type '{azure_type_of(value)}'")
    apply = _lambda(nodes[1], 1, context, evaluate)
    return _measured({key: apply(inner) for key, inner in value.items()}, context)


@function("lambda(variables: any+) -> any", style="lazy")
def lambda_(_nodes: tuple[Node, ...], _context: Context, _evaluate: Evaluate) -> Any:
    """Not a value: an argument of the functions above."""
    raise TemplateError("lambda-misplaced")


@function("lambdaVariables(name: string) -> any", style="context")
def lambda_variables(name: str, *, context: Context) -> Any:
    """The value of a variable of a lambda around this expression."""
    lowered = name.lower()
    if lowered not in context.lambdas:
        raise TemplateError("lambda-variable", name=name)
    return context.lambdas[lowered]
