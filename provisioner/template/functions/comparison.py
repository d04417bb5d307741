"""Functions that compare."""

from __future__ import annotations

from typing import Any

from provisioner.template.evaluate_type import Evaluate
from provisioner.template.evaluation_context import Context
from provisioner.template.expression_tree import Node
from provisioner.template.functions.registry import CannotEvaluate, group
from provisioner.template.json_values import collation, equal, type_of
from provisioner.template.unknown_values import Unknown, combined, unknowns_in

function = group("comparison")


@function("coalesce(first: any, more: any*) -> any", style="lazy")
def coalesce(nodes: tuple[Node, ...], context: Context, evaluate: Evaluate) -> Any:
    """The first value that is not null; null where all are. What stands behind it is not evaluated."""
    for position, node in enumerate(nodes):
        value = evaluate(node, context)
        if isinstance(value, Unknown):
            # The others are looked at all the same: a reference() in them is a dependency.
            others = [evaluate(other, context) for other in nodes[position + 1 :]]
            return combined([value, *(other for other in others if isinstance(other, Unknown))], value.text)
        if value is not None:
            return value
    return None


@function("equals(one: any, other: any) -> bool")
def equals(one: Any, other: Any) -> Any:
    """Whether two values of any type are the same; strings with case, property names without."""
    if equal(one, other):
        return True
    unknown = [*unknowns_in(one), *unknowns_in(other)]
    return combined(unknown) if unknown and type_of(one) == type_of(other) else False


@function("less(one: int|float|string, other: int|float|string) -> bool")
def less(one: Any, other: Any) -> bool:
    """Whether the first number or string comes before the second."""
    return bool(_key(one, other) < _key(other, one))


@function("lessOrEquals(one: int|float|string, other: int|float|string) -> bool")
def less_or_equals(one: Any, other: Any) -> bool:
    """Whether the first comes before the second, or is the same."""
    return bool(_key(one, other) <= _key(other, one))


@function("greater(one: int|float|string, other: int|float|string) -> bool")
def greater(one: Any, other: Any) -> bool:
    """Whether the first comes behind the second."""
    return bool(_key(one, other) > _key(other, one))


@function("greaterOrEquals(one: int|float|string, other: int|float|string) -> bool")
def greater_or_equals(one: Any, other: Any) -> bool:
    """Whether the first comes behind the second, or is the same."""
    return bool(_key(one, other) >= _key(other, one))


def _key(value: Any, other: Any) -> Any:
    if isinstance(value, str) != isinstance(other, str):
        raise CannotEvaluate("a number and a string cannot be compared")
    return collation(value) if isinstance(value, str) else value
