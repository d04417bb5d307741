"""Functions of truth."""

from __future__ import annotations

from typing import Any

from provisioner.template.evaluate_type import Evaluate
from provisioner.template.evaluation_context import Context
from provisioner.template.expression_tree import Node
from provisioner.template.functions.registry import CannotEvaluate, group
from provisioner.template.json_values import azure_type_of
from provisioner.template.unknown_values import Unknown, combined

function = group("logical")


@function("and(first: bool, more: bool+) -> bool", style="lazy")
def and_(nodes: tuple[Node, ...], context: Context, evaluate: Evaluate) -> Any:
    """Whether all are true; what stands behind the first false one is not evaluated."""
    return _chain(nodes, context, evaluate, decisive=False)


@function("or(first: bool, more: bool+) -> bool", style="lazy")
def or_(nodes: tuple[Node, ...], context: Context, evaluate: Evaluate) -> Any:
    """Whether one is true; what stands behind the first true one is not evaluated."""
    return _chain(nodes, context, evaluate, decisive=True)


def _chain(nodes: tuple[Node, ...], context: Context, evaluate: Evaluate, *, decisive: bool) -> Any:
    unknown: list[Unknown] = []
    for node in nodes:
        value = evaluate(node, context)
        # A later value may still decide, whatever this one turns out to be.
        if isinstance(value, Unknown):
            unknown.append(value)
        elif _truth(value) is decisive:
            return decisive
    return combined(unknown) if unknown else not decisive


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise CannotEvaluate(f"a boolean value is expected, not one of type '{azure_type_of(value)}'")
    return value


@function("if(condition: bool, then: any, else: any) -> any", style="lazy")
def if_(nodes: tuple[Node, ...], context: Context, evaluate: Evaluate) -> Any:
    """The second argument where the first is true, else the third; the other one is not evaluated."""
    condition = evaluate(nodes[0], context)
    if not isinstance(condition, Unknown):
        return evaluate(nodes[1] if _truth(condition) else nodes[2], context)
    # Both branches are looked at: what either waits for must be deployed before the condition can choose.
    branches = [evaluate(node, context) for node in nodes[1:]]
    return combined([condition, *(branch for branch in branches if isinstance(branch, Unknown))], None)


@function("not(value: bool) -> bool")
def not_(value: bool) -> bool:
    """The opposite."""
    return not value


@function("true() -> bool")
def true() -> bool:
    """True."""
    return True


@function("false() -> bool")
def false() -> bool:
    """False."""
    return False


@function("bool(value: string|int|bool) -> bool")
def bool_(value: str | int) -> bool:
    """A truth value of a text or a number: `true`, `false`, 1 and 0."""
    if isinstance(value, str):
        lowered = value.strip().lower()
        if lowered not in ("true", "false", "1", "0"):
            raise CannotEvaluate("the text is neither 'true' nor 'false'")
        return lowered in ("true", "1")
    return bool(value)
