"""Numbers: rounding, powers, logarithms and angles, with NaN and the infinities where IEEE has them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import partial

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import Number, to_float, wrap_long


def _first_type(types: Sequence[str]) -> str:
    return types[0]


@scalar_function("abs(number: int) -> long", "abs(number: long) -> long")
def abs_(number: int) -> int:
    """The size without the sign."""
    return wrap_long(abs(number))


@scalar_function("abs(number: real) -> real", inline_template="abs({0})")
def abs_real(number: float) -> float:
    """The size without the sign."""
    return abs(number)


@scalar_function("abs(number: decimal) -> decimal")
def abs_decimal(number: Decimal) -> Decimal:
    """The size without the sign."""
    return abs(number)


@scalar_function("abs(stretch: timespan) -> timespan")
def abs_timespan(timespan: int) -> int:
    """The length of the timespan without its sign."""
    return wrap_long(abs(timespan))


@scalar_function("ceiling(number: number) -> number", result_type=_first_type)
def ceiling(number: Number) -> Number:
    """The smallest whole number that is not smaller, in the same type."""
    if isinstance(number, Decimal):
        return number.to_integral_value("ROUND_CEILING")
    return float(math.ceil(number)) if type(number) is float and math.isfinite(number) else number


@scalar_function("round(number: number, digits: literal long?) -> number", result_type=_first_type)
def round_(number: Number, digits: int = 0) -> Number | None:
    """The nearest number with `digits` digits after the point (before it where negative), halves away from zero."""
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
    # Scaled as .NET does: Python's round() takes halves to the even digit.
    if not math.isfinite(number) or abs(digits) > 300:
        return number if digits > 0 or not math.isfinite(number) else 0.0
    scale = 10.0 ** abs(digits)
    scaled = number * scale if digits >= 0 else number / scale
    # From 2**52 on a real has no fraction that could be rounded.
    if abs(scaled) >= 2.0**52 or not math.isfinite(scaled):
        return number
    whole = math.copysign(math.floor(abs(scaled) + 0.5), number)
    return whole / scale if digits >= 0 else whole * scale


@scalar_function("sign(number: number) -> real")
def sign(number: Number) -> float:
    """-1, 0 or 1."""
    return float((number > 0) - (number < 0))


@scalar_function("isnan(number: real) -> bool", inline_template="({0} != {0})")
def isnan(number: float) -> bool:
    """Whether the real is not a number."""
    return math.isnan(number)


@scalar_function("isinf(number: real) -> bool")
def isinf(number: float) -> bool:
    """Whether the real is an infinity."""
    return math.isinf(number)


@scalar_function("isfinite(number: real) -> bool")
def isfinite(number: float) -> bool:
    """Whether the real is neither NaN nor an infinity."""
    return math.isfinite(number)


@scalar_function("pow(base: number, exponent: number) -> real")
def pow_(base: Number, exponent: Number) -> float:
    """The base raised to the exponent."""
    base, exponent = to_float(base), to_float(exponent)
    # Python raises where IEEE 754 has an infinity or NaN.
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        if base == 0:
            return -math.inf if math.copysign(1, base) < 0 and exponent % 2 == 1 else math.inf
        return math.nan


def _register_real_function(name: str, compute: Callable[[float], float], overflow: float = math.inf) -> None:
    """Register a function of one number: NaN outside its domain, `overflow` where the result is beyond all reals."""
    scalar_function(f"{name}(number: number) -> real")(partial(_compute_or_nan, compute, overflow))


def _compute_or_nan(compute: Callable[[float], float], overflow: float, number: Number) -> float:
    try:
        return compute(to_float(number))
    except ValueError:
        return math.nan
    except (OverflowError, ZeroDivisionError):
        return overflow


def _logarithm(compute: Callable[[float], float]) -> Callable[[float], float]:
    return lambda number: -math.inf if number == 0 else compute(number)


# At zero and the negative whole numbers Python's gamma functions raise, where Kusto gives these values.
def _gamma(number: float) -> float:
    return math.nan if number <= 0 and number == math.floor(number) else math.gamma(number)


def _loggamma(number: float) -> float:
    return math.inf if number <= 0 and number == math.floor(number) else math.lgamma(number)


_register_real_function("exp", math.exp)
_register_real_function("exp2", lambda number: math.pow(2.0, number))
_register_real_function("exp10", lambda number: math.pow(10.0, number))
_register_real_function("log", _logarithm(math.log))
_register_real_function("log2", _logarithm(math.log2))
_register_real_function("log10", _logarithm(math.log10))
_register_real_function("sqrt", math.sqrt)
_register_real_function("sin", math.sin)
_register_real_function("cos", math.cos)
_register_real_function("tan", math.tan)
_register_real_function("asin", math.asin)
_register_real_function("acos", math.acos)
_register_real_function("atan", math.atan)
_register_real_function("cot", lambda number: 1 / math.tan(number))
_register_real_function("degrees", math.degrees)
_register_real_function("radians", math.radians)
_register_real_function("gamma", _gamma)
_register_real_function("loggamma", _loggamma)
_register_real_function("erf", math.erf)
_register_real_function("erfc", math.erfc)


@scalar_function("atan2(y: number, x: number) -> real")
def atan2(y: Number, x: Number) -> float:
    """The angle of the point in radians."""
    return math.atan2(to_float(y), to_float(x))


@scalar_function("pi() -> real")
def pi() -> float:
    """The ratio of a circle's circumference to its diameter."""
    return math.pi


@scalar_function("rand(below: long?) -> real", volatile=True)
def rand(below: int | None = None) -> float:
    """A random real from 0 to 1, or a random whole number less than `below`."""
    import random

    if below is None or below < 2:
        return random.random()  # noqa: S311 - no secret is made of it
    return float(random.randrange(below))  # noqa: S311 - no secret is made of it
