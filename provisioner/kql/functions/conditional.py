"""Choosing between values; the branches not taken are not computed."""

from __future__ import annotations

from typing import Any

from provisioner.kql.functions.function_registry import function

_ORDERED = ("bool", "int", "long", "real", "decimal", "string", "datetime", "timespan")


@function(
    "iif(condition: bool, then: T, else: T) -> T", "iff(condition: bool, then: T, else: T) -> T", nulls=True, lazy=True
)
def iif(condition: bool | None, then: Any, otherwise: Any) -> Any:
    """`then` where the condition is true; where it is false or null, the other."""
    return then if condition else otherwise


@function("case(condition: bool, then: T, more: scalar+) -> T", nulls=True, lazy=True)
def case(*arguments: Any) -> Any:
    """The value behind the first condition that is true; the last argument where none is."""
    pairs = zip(arguments[:-1:2], arguments[1::2], strict=False)
    return next((value for condition, value in pairs if condition), arguments[-1])


@function("coalesce(value: T, more: T+) -> T", nulls=True, lazy=True)
def coalesce(*values: Any) -> Any:
    """The first value that is neither null nor an empty string."""
    return next((value for value in values if value is not None and value != ""), values[-1])


@function(*(f"max_of(value: {kind}, more: {kind}+) -> {kind}" for kind in _ORDERED), nulls=True)
def max_of(*values: Any) -> Any:
    """The greatest value, nulls apart; null where all are."""
    return max((value for value in values if value is not None), default=None)


@function(*(f"min_of(value: {kind}, more: {kind}+) -> {kind}" for kind in _ORDERED), nulls=True)
def min_of(*values: Any) -> Any:
    """The smallest value, nulls apart; null where all are."""
    return min((value for value in values if value is not None), default=None)


@function("not(value: bool) -> bool", "not(value: number) -> bool", inline="(not {0})")
def not_(value: Any) -> bool:
    """True for false or zero, false for all else, null for null."""
    return not value


@function(
    "around(value: number, center: number, delta: number) -> bool",
    "around(value: datetime, center: datetime, delta: timespan) -> bool",
    "around(value: timespan, center: timespan, delta: timespan) -> bool",
)
def around(value: Any, center: Any, delta: Any) -> bool:
    """Whether the value is no further than `delta` from the center."""
    from decimal import Decimal

    if any(isinstance(number, Decimal) for number in (value, center, delta)):
        value, center, delta = (Decimal(str(number)) for number in (value, center, delta))
        if any(number.is_nan() for number in (value, center, delta)):
            return False  # Decimal raises where float compares NaN as false
    return bool(center - delta <= value <= center + delta)
