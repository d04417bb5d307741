"""Getters for the members of a bag: where a row's bag is read more than once, its class is looked at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from provisioner.kql.evaluation.python_expression import PythonExpression
from provisioner.kql.ir.bound_expression import BoundExpression, Variable
from provisioner.kql.ir.composed_expressions import MemberAccess
from provisioner.kql.ir.row_steps import AssignVariable, Barrier, DistinctRows, FilterRows, FlatMapRows, Step


def getter_variable(variable: str) -> str:
    """The variable that holds the function from a key to the member of the bag in `variable`."""
    return f"{variable}_get"


def write_getter(variable: str, no_member_name: str) -> PythonExpression:
    """The value of `getter_variable`; where the dynamic is no bag it is `no_member`, by its name in the code."""
    text = f"({variable}.get if {variable}.__class__ is dict else {no_member_name})"
    return PythonExpression(text, frozenset((variable,)), 1)


def count_member_accesses(steps: Iterable[Step], outputs: Iterable[BoundExpression]) -> Counter[str]:
    """How often the steps and the outputs read a member of each variable."""
    accesses: Counter[str] = Counter()
    seen: set[int] = set()
    stack = [*_expressions_of(steps), *outputs]
    while stack:
        expression = stack.pop()
        # by identity: a shared part is written once
        if id(expression) in seen:
            continue
        seen.add(id(expression))
        if isinstance(expression, MemberAccess) and isinstance(expression.arguments[0], Variable):
            accesses[expression.arguments[0].variable] += 1
        stack.extend(expression.arguments)
    return accesses


def no_member(_key: object) -> None:
    """What is found in a dynamic that is no bag."""


def _expressions_of(steps: Iterable[Step]) -> Iterator[BoundExpression]:
    for step in steps:
        if isinstance(step, AssignVariable):
            yield step.value
        elif isinstance(step, FilterRows):
            yield step.condition
        elif isinstance(step, (FlatMapRows, Barrier)):
            yield from step.arguments
        elif isinstance(step, DistinctRows):
            yield from step.keys
