""".NET's formats of numbers, as `format()` takes them."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from provisioner.template.functions.registry import CannotEvaluate
from provisioner.template.json_values import text_of

_STANDARD = re.compile(r"([A-Za-z])(\d{0,3})\Z")
_CUSTOM = re.compile(r"([0#,]*)(?:\.([0#]*))?\Z")


def formatted(value: Any, pattern: str | None) -> str:
    """The text of a value in a format, `N0` or `000`; only numbers have formats. Raises CannotEvaluate for others."""
    if not pattern or isinstance(value, bool) or not isinstance(value, (int, float)):
        return text_of(value)
    standard, custom = _STANDARD.match(pattern), _CUSTOM.match(pattern)
    if standard is not None:
        return _standard(value, standard[1], standard[2])
    if custom is not None:
        return _custom(value, custom[1] or "", custom[2] or "")
    raise CannotEvaluate(f"the number format '{pattern}' is not known")


def _standard(value: float, letter: str, precision: str) -> str:
    digits = int(precision) if precision else 2
    kind = letter.upper()
    if kind == "D" and isinstance(value, int):
        return f"{'-' if value < 0 else ''}{abs(value):0{int(precision or 1)}d}"
    if kind == "X" and isinstance(value, int):
        # .NET writes negative numbers as their two's complement.
        return f"{value % 2**64:0{int(precision or 1)}{letter}}"
    if kind == "N":
        return f"{_rounded(value, digits):,f}"
    if kind == "F":
        return f"{_rounded(value, digits):f}"
    if kind == "P":
        return f"{_rounded(Decimal(str(value)) * 100, digits):,f} %"
    if kind == "G":
        return text_of(value)
    raise CannotEvaluate(f"the number format '{letter}{precision}' is not known")


def _custom(value: float, whole: str, fraction: str) -> str:
    rounded = _rounded(value, len(fraction))
    sign, digits = ("-" if rounded < 0 else ""), f"{abs(rounded):f}"
    before, _, behind = digits.partition(".")
    before = before.lstrip("0").rjust(whole.count("0"), "0")
    if "," in whole and before:
        before = f"{int(before):,}".rjust(len(before), "0")
    kept = behind.rstrip("0").ljust(len(fraction.rstrip("#")), "0")
    return sign + before + (f".{kept}" if kept else "")


def _rounded(value: float | Decimal, digits: int) -> Decimal:
    # By way of the text: a binary 2.675 would round down, and .NET's decimal formats round half away from zero.
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
