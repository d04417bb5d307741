"""The bits of whole numbers."""

from __future__ import annotations

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import wrap_long


@scalar_function("binary_and(left: long, right: long) -> long", inline_template="({0} & {1})")
def binary_and(left: int, right: int) -> int:
    """The bits set in both."""
    return left & right


@scalar_function("binary_or(left: long, right: long) -> long", inline_template="({0} | {1})")
def binary_or(left: int, right: int) -> int:
    """The bits set in either."""
    return left | right


@scalar_function("binary_xor(left: long, right: long) -> long", inline_template="({0} ^ {1})")
def binary_xor(left: int, right: int) -> int:
    """The bits set in one of them."""
    return left ^ right


@scalar_function("binary_not(value: long) -> long", inline_template="(~{0})")
def binary_not(value: int) -> int:
    """Every bit inverted."""
    return ~value


@scalar_function("binary_shift_left(value: long, shift: long) -> long")
def binary_shift_left(value: int, shift: int) -> int | None:
    """The bits moved up by `shift` modulo 64; null where it is negative."""
    return wrap_long(value << shift % 64) if shift >= 0 else None


@scalar_function("binary_shift_right(value: long, shift: long) -> long")
def binary_shift_right(value: int, shift: int) -> int | None:
    """The bits moved down by `shift` modulo 64, the sign kept; null where it is negative."""
    return value >> shift % 64 if shift >= 0 else None


@scalar_function("bitset_count_ones(value: long) -> long")
def bitset_count_ones(value: int) -> int:
    """How many of the 64 bits are set."""
    # Python's negative ints have no fixed width: the remainder has the bits of the two's complement.
    return (value % 2**64).bit_count()
