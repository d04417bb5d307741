"""Functions of numbers; integers have 64 bits."""

from __future__ import annotations

import math
from typing import Any

from provisioner.template.copy_loops import copy_index
from provisioner.template.evaluation_context import Context
from provisioner.template.functions.registry import CannotEvaluate, group

function = group("numeric")


def _int64(value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise CannotEvaluate("the result is no integer of 64 bits")
    return value


@function("add(one: int, other: int) -> int")
def add(one: int, other: int) -> int:
    """The sum."""
    return _int64(one + other)


@function("sub(one: int, other: int) -> int")
def sub(one: int, other: int) -> int:
    """The difference."""
    return _int64(one - other)


@function("mul(one: int, other: int) -> int")
def mul(one: int, other: int) -> int:
    """The product."""
    return _int64(one * other)


@function("div(one: int, other: int) -> int")
def div(one: int, other: int) -> int:
    """The whole part of the quotient, as in .NET towards zero."""
    if other == 0:
        raise CannotEvaluate("the divisor is zero")
    # Python's // rounds down, .NET's towards zero.
    quotient = abs(one) // abs(other)
    return _int64(quotient if (one < 0) == (other < 0) else -quotient)


@function("mod(one: int, other: int) -> int")
def mod(one: int, other: int) -> int:
    """What remains of a division, with the sign of the first number, as in .NET."""
    if other == 0:
        raise CannotEvaluate("the divisor is zero")
    remainder = abs(one) % abs(other)
    # Python's % has the sign of the divisor.
    return -remainder if one < 0 else remainder


@function("min(first: int|array, more: int*) -> int")
def min_(*numbers: Any) -> int:
    """The smallest of the numbers, or of an array of numbers."""
    return min(_numbers(numbers))


@function("max(first: int|array, more: int*) -> int")
def max_(*numbers: Any) -> int:
    """The largest of the numbers, or of an array of numbers."""
    return max(_numbers(numbers))


def _numbers(arguments: tuple[Any, ...]) -> list[int]:
    numbers = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], list) else list(arguments)
    if not numbers or not all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
        raise CannotEvaluate("integers, or one array of integers that is not empty, are expected")
    return numbers


@function("int(value: string|int|float) -> int")
def int_(value: str | float) -> int:
    """A whole number of a text or a number; what is behind the point of a number is cut off."""
    try:
        return _int64(int(value))
    except (ValueError, OverflowError):
        raise CannotEvaluate("the value is no integer") from None


@function("float(value: string|int|float) -> float")
def float_(value: str | float) -> float:
    """A number with a fraction of a text or an integer."""
    try:
        number = float(value)
    except ValueError:
        raise CannotEvaluate("the value is no number") from None
    # Python reads 'nan' and 'inf', which JSON cannot hold.
    if not math.isfinite(number):
        raise CannotEvaluate("the value is no number")
    return number


@function("copyIndex(loop: string|int?, offset: int?) -> int", style="context")
def copy_index_(loop: str | int | None = None, offset: int = 0, *, context: Context) -> Any:
    """The turn, from 0, that a copy loop is in; of the innermost or the resource's loop where none is named."""
    if isinstance(loop, int):
        return copy_index(context, None, loop)
    return copy_index(context, loop, offset)
