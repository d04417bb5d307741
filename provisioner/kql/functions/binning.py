"""Rounding down to a multiple: `bin`, its other name `floor`, and `bin_at`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal, InvalidOperation

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import Number, datetime_in_range, to_float, wrap_long

_WHOLE_NUMBER_TYPES = (("long", "long", "long"), ("timespan", "timespan", "timespan"))


def _widest_type(types: Sequence[str]) -> str:
    """The widest type of the arguments, with long for int."""
    return next((name for name in ("decimal", "real") if name in types), "long")


@scalar_function(
    *(
        f"{name}(value: {first}, size: {second}) -> {result}"
        for name in ("bin", "floor")
        for first, second, result in _WHOLE_NUMBER_TYPES
    )
)
def bin_whole(value: int, size: int) -> int | None:
    """The greatest multiple of the size that is not above the value; null for a size that is not above zero."""
    return wrap_long(value // size * size) if size > 0 else None


@scalar_function(
    "bin(value: datetime, size: timespan) -> datetime", "floor(value: datetime, size: timespan) -> datetime"
)
def bin_datetime(value: int, size: int) -> int | None:
    """The last datetime not after the value that lies a multiple of the size after the year 1."""
    return value - value % size if size > 0 else None


@scalar_function("bin(value: real, size: real) -> real", "floor(value: real, size: real) -> real")
def bin_real(value: float, size: float) -> float | None:
    """The greatest multiple of the size that is not above the value; null for a size that is not above zero."""
    if not size > 0:
        return None
    quotient = value / size
    return math.floor(quotient) * size if math.isfinite(quotient) else value


@scalar_function("bin(value: decimal, size: decimal) -> decimal", "floor(value: decimal, size: decimal) -> decimal")
def bin_decimal(value: Decimal, size: Decimal) -> Decimal | None:
    """The greatest multiple of the size that is not above the value; null for a size that is not above zero."""
    # The quotient may have more digits than a Decimal of the default context holds.
    try:
        return (value / size).to_integral_value(ROUND_FLOOR) * size if size > 0 else None
    except InvalidOperation:
        return None


@scalar_function("bin_at(value: number, size: number, fixed: number) -> number", result_type=_widest_type)
def bin_at(value: Number, size: Number, fixed: Number) -> Number | None:
    """As `bin`, with the multiples counted from `fixed`."""
    # Python does not mix Decimal and float; Kusto computes in the widest of the types.
    if isinstance(value, Decimal) or isinstance(size, Decimal) or isinstance(fixed, Decimal):
        return _bin_decimal_at(Decimal(str(value)), Decimal(str(size)), Decimal(str(fixed)))
    if isinstance(value, float) or isinstance(size, float) or isinstance(fixed, float):
        binned_real = bin_real(to_float(value) - fixed, to_float(size))
        return None if binned_real is None else binned_real + fixed
    binned = bin_whole(value - fixed, size)
    return None if binned is None else wrap_long(binned + fixed)


def _bin_decimal_at(value: Decimal, size: Decimal, fixed: Decimal) -> Decimal | None:
    # A real may be infinite or NaN, a decimal of Kusto's may not.
    if not all(number.is_finite() for number in (value, size, fixed)):
        return None
    binned = bin_decimal(value - fixed, size)
    return None if binned is None else binned + fixed


@scalar_function("bin_at(value: timespan, size: timespan, fixed: timespan) -> timespan")
def bin_at_timespan(value: int, size: int, fixed: int) -> int | None:
    """As `bin`, with the multiples counted from `fixed`."""
    binned = bin_whole(value - fixed, size)
    return None if binned is None else wrap_long(binned + fixed)


@scalar_function("bin_at(value: datetime, size: timespan, fixed: datetime) -> datetime")
def bin_at_datetime(value: int, size: int, fixed: int) -> int | None:
    """As `bin`, with the multiples counted from `fixed`."""
    binned = bin_at_timespan(value, size, fixed)
    return None if binned is None else datetime_in_range(binned)
