"""Choosing between values; the branches not taken are not computed."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TypeVar

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import Number, Value

Ordered = TypeVar("Ordered", float, Decimal, str)

_ORDERED_TYPES = ("bool", "int", "long", "real", "decimal", "string", "datetime", "timespan")


# `iif`, `case` and `coalesce` are bound by rules of their own (kql/binding/special_calls.py), so that the branches not
# taken are not computed. These bodies say what they compute, for the reference and for the laws of the tests.
@scalar_function(
    "iif(condition: bool, then: T, else: T) -> T", "iff(condition: bool, then: T, else: T) -> T", handles_nulls=True
)
def iif(condition: bool | None, then: Value, otherwise: Value) -> Value:
    """`then` where the condition is true; where it is false or null, the other."""
    return then if condition else otherwise


@scalar_function("case(condition: bool, then: T, more: scalar+) -> T", handles_nulls=True)
def case(*arguments: Value) -> Value:
    """The value after the first condition that is true; the last argument where none is."""
    pairs = zip(arguments[:-1:2], arguments[1::2], strict=False)
    return next((value for condition, value in pairs if condition), arguments[-1])


@scalar_function("coalesce(value: T, more: T+) -> T", handles_nulls=True)
def coalesce(*values: Value) -> Value:
    """The first value that is neither null nor an empty string."""
    return next((value for value in values if value is not None and value != ""), values[-1])


# A signature a type, since values of unlike types have no common order.
@scalar_function(
    *(f"max_of(value: {type_name}, more: {type_name}+) -> {type_name}" for type_name in _ORDERED_TYPES),
    handles_nulls=True,
)
def max_of(*values: Ordered | None) -> Ordered | None:
    """The greatest value, nulls apart; null where all are null."""
    return max((value for value in values if value is not None), default=None)


@scalar_function(
    *(f"min_of(value: {type_name}, more: {type_name}+) -> {type_name}" for type_name in _ORDERED_TYPES),
    handles_nulls=True,
)
def min_of(*values: Ordered | None) -> Ordered | None:
    """The smallest value, nulls apart; null where all are null."""
    return min((value for value in values if value is not None), default=None)


@scalar_function("not(value: bool) -> bool", "not(value: number) -> bool", inline_template="(not {0})")
def not_(value: Value) -> bool:
    """True for false or zero, false for all else, null for null."""
    return not value


@scalar_function(
    "around(value: number, center: number, delta: number) -> bool",
    "around(value: datetime, center: datetime, delta: timespan) -> bool",
    "around(value: timespan, center: timespan, delta: timespan) -> bool",
)
def around(value: Number, center: Number, delta: Number) -> bool:
    """Whether the value is no further than `delta` from the center."""
    # Python does not compare sums of Decimal and float.
    if isinstance(value, Decimal) or isinstance(center, Decimal) or isinstance(delta, Decimal):
        return _is_around(Decimal(str(value)), Decimal(str(center)), Decimal(str(delta)))
    return center - delta <= value <= center + delta


def _is_around(value: Decimal, center: Decimal, delta: Decimal) -> bool:
    # A Decimal NaN raises where it is compared, and where infinities cancel out; the NaN of a real compares false.
    try:
        return center - delta <= value <= center + delta
    except InvalidOperation:
        return False
