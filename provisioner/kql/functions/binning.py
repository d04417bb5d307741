"""Rounding down to a multiple: `bin`, its other name `floor`, and `bin_at`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from typing import Any

from provisioner.kql.functions.function_registry import function
from provisioner.kql.values import to_float, within_range, wrap_long

_PAIRS = (("long", "long", "long"), ("timespan", "timespan", "timespan"))


def _widest(types: Sequence[str]) -> str:
    """The widest of the numbers' types, an int counting as long."""
    return next((name for name in ("decimal", "real") if name in types), "long")


@function(
    *(
        f"{name}(value: {first}, size: {second}) -> {result}"
        for name in ("bin", "floor")
        for first, second, result in _PAIRS
    )
)
def bin_whole(value: int, size: int) -> int | None:
    """The greatest multiple of the size that is not above the value; null for a size that is not above zero."""
    return wrap_long(value // size * size) if size > 0 else None


@function("bin(value: datetime, size: timespan) -> datetime", "floor(value: datetime, size: timespan) -> datetime")
def bin_datetime(value: int, size: int) -> int | None:
    """The last moment not after the value that lies a multiple of the size after the year 1."""
    return value - value % size if size > 0 else None


@function("bin(value: real, size: real) -> real", "floor(value: real, size: real) -> real")
def bin_real(value: float, size: float) -> float | None:
    """The greatest multiple of the size that is not above the value; null for a size that is not above zero."""
    if not size > 0:
        return None
    share = value / size
    return math.floor(share) * size if math.isfinite(share) else value


@function("bin(value: decimal, size: decimal) -> decimal", "floor(value: decimal, size: decimal) -> decimal")
def bin_decimal(value: Decimal, size: Decimal) -> Decimal | None:
    """The greatest multiple of the size that is not above the value; null for a size that is not above zero."""
    try:
        return (value / size).to_integral_value(ROUND_FLOOR) * size if size > 0 else None
    except InvalidOperation:
        return None


@function("bin_at(value: number, size: number, fixed: number) -> number", result=_widest)
def bin_at(value: Any, size: Any, fixed: Any) -> Any:
    """As `bin`, with the multiples counted from `fixed`."""
    if any(type(number) is Decimal for number in (value, size, fixed)):
        value, size, fixed = (Decimal(str(number)) for number in (value, size, fixed))
        moved = bin_decimal(value - fixed, size)
        return None if moved is None else moved + fixed
    if any(type(number) is float for number in (value, size, fixed)):
        moved_real = bin_real(to_float(value) - fixed, to_float(size))
        return None if moved_real is None else moved_real + fixed
    moved_whole = bin_whole(value - fixed, size)
    return None if moved_whole is None else wrap_long(moved_whole + fixed)


@function("bin_at(value: timespan, size: timespan, fixed: timespan) -> timespan")
def bin_at_timespan(value: int, size: int, fixed: int) -> int | None:
    """As `bin`, with the multiples counted from `fixed`."""
    moved = bin_whole(value - fixed, size)
    return None if moved is None else wrap_long(moved + fixed)


@function("bin_at(value: datetime, size: timespan, fixed: datetime) -> datetime")
def bin_at_datetime(value: int, size: int, fixed: int) -> int | None:
    """As `bin`, with the multiples counted from `fixed`."""
    moved = bin_at_timespan(value, size, fixed)
    return None if moved is None else within_range(moved)
