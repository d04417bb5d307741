"""Numbers as Kusto computes and prints them: whole numbers wrap around, division truncates, by zero it is null."""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation
from functools import cache

Number = int | float | Decimal
"""A number of any type."""

MAX_INT = 2**31 - 1
MIN_INT = -(2**31)
MAX_LONG = 2**63 - 1
MIN_LONG = -(2**63)

_INFINITIES = {"inf": math.inf, "+inf": math.inf, "infinity": math.inf, "+infinity": math.inf}
_NAMED_REALS = {"nan": math.nan, **_INFINITIES, "-inf": -math.inf, "-infinity": -math.inf}


def wrap_int(value: int) -> int:
    """The value in 32 bits; what does not fit wraps around."""
    # The bounds as literals: the evaluator calls this for every int it computes, and a global costs a look-up.
    return value if -0x8000_0000 <= value <= 0x7FFF_FFFF else (value + 0x8000_0000) % 0x1_0000_0000 - 0x8000_0000


def wrap_long(value: int) -> int:
    """The value in 64 bits; what does not fit wraps around."""
    return value if MIN_LONG <= value <= MAX_LONG else (value - MIN_LONG) % 2**64 + MIN_LONG


def divide_long(left: int, right: int) -> int | None:
    """Whole division towards zero; by zero it is null."""
    if right == 0:
        return None
    # Python's // goes towards minus infinity, so signs that differ divide the negated dividend.
    return wrap_long(left // right if (left < 0) == (right < 0) else -(-left // right))


def modulo_long(left: int, right: int) -> int | None:
    """The remainder, never negative whatever the signs; by zero it is null."""
    # Kusto's reference (numerical operators): 0 <= N % D < abs(D), whatever the signs.
    return left % abs(right) if right else None


def divide_real(left: float, right: float) -> float:
    """IEEE division: by zero it is an infinity or NaN."""
    # Python raises where IEEE 754 has a result.
    try:
        return left / right
    except ZeroDivisionError:
        if left == 0 or left != left:  # noqa: PLR0124 - NaN differs from itself
            return math.nan
        return math.copysign(math.inf, left) * math.copysign(1.0, right)
    except OverflowError:
        return math.nan


def modulo_real(left: float, right: float) -> float:
    """The remainder, never negative; by zero or of an infinity it is NaN."""
    try:
        return math.fmod(math.fmod(left, right) + abs(right), abs(right)) if right else math.nan
    except (ValueError, OverflowError):
        return math.nan


def divide_decimal(left: Decimal, right: Decimal) -> Decimal | None:
    """The quotient; by zero it is null."""
    try:
        return left / right if right else None
    except ArithmeticError:
        return None


def modulo_decimal(left: Decimal, right: Decimal) -> Decimal | None:
    """The remainder, never negative; by zero it is null."""
    try:
        return (left % right + abs(right)) % abs(right) if right else None
    except ArithmeticError:
        return None


def truncate_to_whole(value: float, low: int = MIN_LONG, high: int = MAX_LONG) -> int | None:
    """The whole part of a real; None for NaN and where it lies outside `low` to `high`."""
    # NaN compares false with both bounds.
    return int(value) if low <= value <= high else None


def saturate_to_whole(value: Number, low: int = MIN_LONG, high: int = MAX_LONG) -> int | None:
    """The whole part of a real, `low` or `high` where it lies outside them; None for NaN."""
    if low <= value <= high:
        return int(value)
    if value != value:  # noqa: PLR0124 - NaN differs from itself
        return None
    return low if value < 0 else high


def to_float(value: Number) -> float:
    """The nearest real of any number; an infinity for a number beyond the largest real."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def parse_long(text: str, low: int = MIN_LONG, high: int = MAX_LONG) -> int | None:
    """A whole number in decimal or `0x` digits; None for anything else, and outside `low` to `high`."""
    if len(text) > 64:
        return None
    match = _whole_number_pattern().match(text)
    if match is None:
        return None
    sign, digits = match.groups()
    if digits[:2] in ("0x", "0X"):
        value = int(digits, 16)
        # 16 hex digits are the bits of a long: 0xffffffffffffffff is -1.
        value = value - 2**64 if MAX_LONG < value < 2**64 and high == MAX_LONG else value
    else:
        value = int(digits)
    value = -value if sign == "-" else value
    return value if low <= value <= high else None


def parse_real(text: str) -> float | None:
    """A number with or without fraction and exponent, or `nan`, `inf`, `infinity` in any case; else None."""
    try:
        return float(text) if _decimal_pattern().match(text) else _NAMED_REALS.get(text.strip().lower())
    except (ValueError, OverflowError):
        return None


def parse_decimal(text: str) -> Decimal | None:
    """A number in decimal digits, exactly; None for anything else, and where 128 bits do not hold it."""
    if len(text) > 64 or not _decimal_pattern().match(text):
        return None
    try:
        return decimal_in_range(Decimal(text.strip()))
    except InvalidOperation:
        return None


def decimal_in_range(value: Decimal) -> Decimal | None:
    """The value itself, or None where it is NaN or infinite or has more than 34 digits before the point."""
    return value if value.is_finite() and value.adjusted() < 34 else None


def format_real(value: float) -> str:
    """The shortest text that parses to the same real, with a fraction even where it is whole: `5.0`."""
    if value != value:  # noqa: PLR0124 - NaN differs from itself
        return "NaN"
    if value in (math.inf, -math.inf):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value)


def format_decimal(value: Decimal) -> str:
    """All digits of a decimal, without an exponent."""
    return format(value, "f")


@cache
def _whole_number_pattern() -> re.Pattern[str]:
    return re.compile(r"\s*([+-]?)(0[xX][0-9a-fA-F]{1,16}|\d{1,60})\s*\Z", re.ASCII)


@cache
def _decimal_pattern() -> re.Pattern[str]:
    return re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,5})?\s*\Z", re.ASCII)
