"""What the unary and binary operators mean for each pair of types."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from provisioner.diagnostics import Span
from provisioner.kql import values
from provisioner.kql.binding.implicit_casts import cast
from provisioner.kql.ir.bound_expression import Bound, compose, constant
from provisioner.kql.vocabulary.scalar_types import NUMBERS, UNKNOWN, WHOLE, common

_WRAPPED = "(w if -9223372036854775808 <= (w := {0} %s {1}) <= 9223372036854775807 else {wrap}(w))"


def arithmetic(operator: str, left: Bound, right: Bound, span: Span) -> Bound | None:
    """`left + right` and the other four; None where the operator is not defined for the two types."""
    if UNKNOWN in (left.type, right.type):
        return compose("strict", UNKNOWN, "{0}", [left, right], span=span)
    left, right = _from_dynamic(left, right)
    one, two = left.type, right.type
    if one in NUMBERS and two in NUMBERS:
        return _numeric(operator, left, right, span)
    return _moments(operator, left, right, span)


def negate(operand: Bound, span: Span) -> Bound | None:
    """`-operand`; None where its type has no negative."""
    kind = operand.type
    if kind in WHOLE:
        return arithmetic("-", constant("long", 0), operand, span)
    if kind in ("real", "decimal", "timespan", UNKNOWN):
        return compose("strict", kind, "(-{0})", [operand], span=span)
    if kind == "dynamic":
        return compose("strict", kind, "{minus}({0})", [operand], helpers={"minus": _minus}, nullable=True, span=span)
    return None


def _minus(value: Any) -> Any:
    """The negative of a number inside a dynamic; None of anything else."""
    return -value if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) else None


def _from_dynamic(left: Bound, right: Bound) -> tuple[Bound, Bound]:
    """A dynamic beside a number or timespan is read as one."""
    if left.type == "dynamic" and right.type != "dynamic":
        return cast(left, _partner(right.type)), right
    if right.type == "dynamic" and left.type != "dynamic":
        return left, cast(right, _partner(left.type, second=True))
    return left, right


def _partner(kind: str, *, second: bool = False) -> str:
    return "timespan" if kind == "datetime" and second else kind


def _numeric(operator: str, left: Bound, right: Bound, span: Span) -> Bound:
    kind = common((left.type, right.type)) or "real"
    kind = "long" if kind == "int" else kind
    left, right = cast(left, kind), cast(right, kind)
    template, helpers, can_fail = _NUMERIC[kind](operator)
    if operator in "/%" and right.is_constant and right.value:
        can_fail = kind == "decimal"
    nullable = left.nullable or right.nullable or can_fail
    return compose("strict", kind, template, [left, right], helpers=helpers, nullable=nullable, span=span)


def _whole(operator: str) -> tuple[str, dict[str, Any], bool]:
    if operator in "+-*":
        return _WRAPPED % operator, {"wrap": values.wrap_long}, False
    helper = values.divide_long if operator == "/" else values.modulo_long
    return "{helper}({0}, {1})", {"helper": helper}, True


def _real(operator: str) -> tuple[str, dict[str, Any], bool]:
    if operator in "+-*":
        return f"({{0}} {operator} {{1}})", {}, False
    return "{helper}({0}, {1})", {"helper": values.divide_real if operator == "/" else values.modulo_real}, False


def _decimal(operator: str) -> tuple[str, dict[str, Any], bool]:
    if operator in "+-*":
        return f"{{limit}}({{0}} {operator} {{1}})", {"limit": values.decimal_range}, True
    helper = values.divide_decimal if operator == "/" else values.modulo_decimal
    return "{helper}({0}, {1})", {"helper": helper}, True


_NUMERIC: dict[str, Callable[[str], tuple[str, dict[str, Any], bool]]] = {
    "long": _whole,
    "real": _real,
    "decimal": _decimal,
}


def _moments(operator: str, left: Bound, right: Bound, span: Span) -> Bound | None:
    one, two = left.type, right.type
    found = _MOMENTS.get((operator, one if one in _TIMES else "number", two if two in _TIMES else "number"))
    if found is None or any(kind not in _TIMES and kind not in NUMBERS for kind in (one, two)):
        return None
    result, template, helper = found
    return compose("strict", result, template, [left, right], helpers={"helper": helper}, nullable=True, span=span)


def _scale(stretch: int, factor: float | Decimal) -> int | None:
    """A timespan times a number, cut to whole ticks."""
    return values.timespan_range(stretch * factor) if type(factor) is int else _ticks(stretch * float(factor))


def _share(stretch: int, divisor: float | Decimal) -> int | None:
    """A timespan divided by a number, cut to whole ticks."""
    return _ticks(stretch / float(divisor)) if divisor else None


def _ticks(value: float) -> int | None:
    whole = values.truncate(value)
    return None if whole is None else values.timespan_range(whole)


def _ratio(left: int, right: int) -> float:
    return values.divide_real(float(left), float(right))


_TIMES = frozenset(("datetime", "timespan"))
_MOMENTS: dict[tuple[str, str, str], tuple[str, str, Any]] = {
    ("-", "datetime", "datetime"): ("timespan", "({0} - {1})", None),
    ("+", "datetime", "timespan"): ("datetime", "{helper}({0}, {1})", values.add_ticks),
    ("+", "timespan", "datetime"): ("datetime", "{helper}({1}, {0})", values.add_ticks),
    ("-", "datetime", "timespan"): ("datetime", "{helper}({0}, -{1})", values.add_ticks),
    ("+", "timespan", "timespan"): ("timespan", "{helper}({0} + {1})", values.timespan_range),
    ("-", "timespan", "timespan"): ("timespan", "{helper}({0} - {1})", values.timespan_range),
    ("/", "timespan", "timespan"): ("real", "{helper}({0}, {1})", _ratio),
    ("%", "timespan", "timespan"): ("timespan", "{helper}({0}, {1})", values.modulo_long),
    ("%", "datetime", "timespan"): ("timespan", "{helper}({0}, {1})", values.modulo_long),
    ("/", "datetime", "timespan"): ("real", "{helper}({0}, {1})", _ratio),
    ("*", "timespan", "number"): ("timespan", "{helper}({0}, {1})", _scale),
    ("*", "number", "timespan"): ("timespan", "{helper}({1}, {0})", _scale),
    ("/", "timespan", "number"): ("timespan", "{helper}({0}, {1})", _share),
}
