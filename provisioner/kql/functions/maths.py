"""Numbers: rounding, powers, logarithms and angles, with NaN and the infinities where IEEE has them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import partial
from typing import Any

from provisioner.kql.functions.function_registry import function
from provisioner.kql.values import to_float, wrap_long


def _first(types: Sequence[str]) -> str:
    return types[0]


@function("abs(number: int) -> long", "abs(number: long) -> long")
def abs_(number: int) -> int:
    """The size without the sign."""
    return wrap_long(abs(number))


@function("abs(number: real) -> real", inline="abs({0})")
def abs_real(number: float) -> float:
    """The size without the sign."""
    return abs(number)


@function("abs(number: decimal) -> decimal")
def abs_decimal(number: Decimal) -> Decimal:
    """The size without the sign."""
    return abs(number)


@function("abs(stretch: timespan) -> timespan")
def abs_timespan(stretch: int) -> int:
    """The length of time without the direction."""
    return wrap_long(abs(stretch))


@function("ceiling(number: number) -> number", result=_first)
def ceiling(number: Any) -> Any:
    """The smallest whole number that is not smaller, in the same type."""
    if isinstance(number, Decimal):
        return number.to_integral_value("ROUND_CEILING")
    return float(math.ceil(number)) if type(number) is float and math.isfinite(number) else number


@function("round(number: number, digits: literal long?) -> number", result=_first)
def round_(number: Any, digits: int = 0) -> Any:
    """The nearest number of so many digits behind the point (before it where negative), halves away from zero."""
    if type(number) is float:
        return _round_real(number, digits)
    if digits >= 0 and type(number) is int:
        return number
    try:
        rounded = Decimal(number).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    except InvalidOperation:
        return number
    return wrap_long(int(rounded)) if type(number) is int else rounded


def _round_real(number: float, digits: int) -> float:
    if not math.isfinite(number) or abs(digits) > 300:
        return number if digits > 0 or not math.isfinite(number) else 0.0
    scale = 10.0 ** abs(digits)
    scaled = number * scale if digits >= 0 else number / scale
    if abs(scaled) >= 2.0**52 or not math.isfinite(scaled):
        return number
    whole = math.copysign(math.floor(abs(scaled) + 0.5), number)
    return whole / scale if digits >= 0 else whole * scale


@function("sign(number: number) -> real")
def sign(number: Any) -> float:
    """-1, 0 or 1."""
    return float((number > 0) - (number < 0))


@function("isnan(number: real) -> bool", inline="({0} != {0})")
def isnan(number: float) -> bool:
    """Whether the real is not a number."""
    return math.isnan(number)


@function("isinf(number: real) -> bool")
def isinf(number: float) -> bool:
    """Whether the real is an infinity."""
    return math.isinf(number)


@function("isfinite(number: real) -> bool")
def isfinite(number: float) -> bool:
    """Whether the real is neither NaN nor an infinity."""
    return math.isfinite(number)


@function("pow(base: number, exponent: number) -> real")
def pow_(base: Any, exponent: Any) -> float:
    """The base raised to the exponent."""
    left, right = to_float(base), to_float(exponent)
    try:
        return math.pow(left, right)
    except OverflowError:
        odd = left < 0 and right % 2 == 1
        return -math.inf if odd else math.inf
    except ValueError:
        if left == 0:
            return -math.inf if math.copysign(1, left) < 0 and right % 2 == 1 else math.inf
        return math.nan


def _real(name: str, compute: Callable[[float], float], overflow: float = math.inf) -> None:
    """Register a function of one number; out of its domain it is NaN, too large it is `overflow`."""
    function(f"{name}(number: number) -> real")(partial(_guarded, compute, overflow))


def _guarded(compute: Callable[[float], float], overflow: float, number: Any) -> float:
    try:
        return compute(to_float(number))
    except ValueError:
        return math.nan
    except (OverflowError, ZeroDivisionError):
        return overflow


def _logarithm(compute: Callable[[float], float]) -> Callable[[float], float]:
    return lambda number: -math.inf if number == 0 else compute(number)


def _gamma(number: float) -> float:
    return math.nan if number <= 0 and number == math.floor(number) else math.gamma(number)


def _loggamma(number: float) -> float:
    return math.inf if number <= 0 and number == math.floor(number) else math.lgamma(number)


_real("exp", math.exp)
_real("exp2", lambda number: math.pow(2.0, number))
_real("exp10", lambda number: math.pow(10.0, number))
_real("log", _logarithm(math.log))
_real("log2", _logarithm(math.log2))
_real("log10", _logarithm(math.log10))
_real("sqrt", math.sqrt)
_real("sin", math.sin)
_real("cos", math.cos)
_real("tan", math.tan)
_real("asin", math.asin)
_real("acos", math.acos)
_real("atan", math.atan)
_real("cot", lambda number: 1 / math.tan(number))
_real("degrees", math.degrees)
_real("radians", math.radians)
_real("gamma", _gamma)
_real("loggamma", _loggamma)
_real("erf", math.erf)
_real("erfc", math.erfc)


@function("atan2(y: number, x: number) -> real")
def atan2(y: Any, x: Any) -> float:
    """The angle of the point in radians."""
    return math.atan2(to_float(y), to_float(x))


@function("pi() -> real")
def pi() -> float:
    """The ratio of a circle's circumference to its diameter."""
    return math.pi


@function("rand(below: long?) -> real", volatile=True)
def rand(below: int | None = None) -> float:
    """A random real from 0 to 1, or a random whole number below `below`."""
    import random

    if below is None or below < 2:
        return random.random()  # noqa: S311 - no secret is made of it
    return float(random.randrange(below))  # noqa: S311 - no secret is made of it
