"""What `+ - * / %` mean for each pair of types: numbers, times, timespans, and dynamics beside them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from provisioner.diagnostics import Span
from provisioner.kql import values
from provisioner.kql.binding.implicit_casts import cast_expression
from provisioner.kql.ir.bound_expression import BoundExpression, Constant
from provisioner.kql.ir.composed_expressions import NullPropagatingTemplate
from provisioner.kql.vocabulary.scalar_types import NUMBERS, UNKNOWN, WHOLE_NUMBERS, common_type

# a long wraps around at 64 bits; the helper is called for the few results that leave them
_WRAPPING_LONG = "(w if -9223372036854775808 <= (w := {0} %s {1}) <= 9223372036854775807 else {wrap}(w))"

_Template = tuple[str, dict[str, object], bool]
"""The Python text of an operator, its helpers, and whether it can be null where no operand is."""


def compose_arithmetic(
    operator: str, left: BoundExpression, right: BoundExpression, span: Span
) -> BoundExpression | None:
    """`left + right` and the other four; None where the operator is not defined for the two types."""
    if UNKNOWN in (left.type, right.type):
        return NullPropagatingTemplate(UNKNOWN, "{0}", [left, right], span=span)
    left, right = _cast_dynamic_side(left, right)
    if left.type in NUMBERS and right.type in NUMBERS:
        return _compose_numeric(operator, left, right, span)
    return _compose_time_arithmetic(operator, left, right, span)


def compose_negation(operand: BoundExpression, span: Span) -> BoundExpression | None:
    """`-operand`; None where its type has no negative."""
    type_name = operand.type
    if type_name in WHOLE_NUMBERS:
        return compose_arithmetic("-", Constant("long", 0), operand, span)
    if type_name in ("real", "decimal", "timespan", UNKNOWN):
        return NullPropagatingTemplate(type_name, "(-{0})", [operand], span=span)
    if type_name == "dynamic":
        return NullPropagatingTemplate(
            type_name,
            "{negate}({0})",
            [operand],
            helpers={"negate": _negate_dynamic},
            nullable=True,
            span=span,
        )
    return None


def _negate_dynamic(value: values.Value) -> values.Value:
    """The negative of a number inside a dynamic; None of anything else."""
    return -value if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) else None


def _cast_dynamic_side(left: BoundExpression, right: BoundExpression) -> tuple[BoundExpression, BoundExpression]:
    """A dynamic is read as the type of the other side; behind a datetime as a timespan."""
    if left.type == "dynamic" and right.type != "dynamic":
        return cast_expression(left, right.type), right
    if right.type == "dynamic" and left.type != "dynamic":
        return left, cast_expression(right, "timespan" if left.type == "datetime" else left.type)
    return left, right


def _compose_numeric(operator: str, left: BoundExpression, right: BoundExpression, span: Span) -> BoundExpression:
    result_type = common_type((left.type, right.type)) or "real"
    result_type = "long" if result_type == "int" else result_type
    left, right = cast_expression(left, result_type), cast_expression(right, result_type)
    template, helpers, can_fail = _NUMERIC_TEMPLATES[result_type](operator)
    if operator in "/%" and isinstance(right, Constant) and right.value:
        can_fail = result_type == "decimal"  # division by zero is null, and this one is by something else
    nullable = left.nullable or right.nullable or can_fail
    return NullPropagatingTemplate(result_type, template, [left, right], helpers=helpers, nullable=nullable, span=span)


def _long_template(operator: str) -> _Template:
    if operator in "+-*":
        return _WRAPPING_LONG % operator, {"wrap": values.wrap_long}, False
    helper = values.divide_long if operator == "/" else values.modulo_long
    return "{helper}({0}, {1})", {"helper": helper}, True


def _real_template(operator: str) -> _Template:
    if operator in "+-*":
        return f"({{0}} {operator} {{1}})", {}, False
    return "{helper}({0}, {1})", {"helper": values.divide_real if operator == "/" else values.modulo_real}, False


def _decimal_template(operator: str) -> _Template:
    if operator in "+-*":
        return f"{{limit}}({{0}} {operator} {{1}})", {"limit": values.decimal_in_range}, True
    helper = values.divide_decimal if operator == "/" else values.modulo_decimal
    return "{helper}({0}, {1})", {"helper": helper}, True


_NUMERIC_TEMPLATES: dict[str, Callable[[str], _Template]] = {
    "long": _long_template,
    "real": _real_template,
    "decimal": _decimal_template,
}


def _compose_time_arithmetic(
    operator: str, left: BoundExpression, right: BoundExpression, span: Span
) -> BoundExpression | None:
    left_type, right_type = ("number" if side.type in NUMBERS else side.type for side in (left, right))
    rule = _TIME_OPERATIONS.get((operator, left_type, right_type))
    if rule is None:
        return None
    result_type, template, helper = rule
    return NullPropagatingTemplate(
        result_type, template, [left, right], helpers={"helper": helper}, nullable=True, span=span
    )


def _multiply_timespan(ticks: int, factor: float | Decimal) -> int | None:
    """A timespan times a number, cut to whole ticks; None where it leaves the range of timespans."""
    if type(factor) is int:
        return values.timespan_in_range(ticks * factor)
    return _to_timespan(ticks * float(factor))


def _divide_timespan(ticks: int, divisor: float | Decimal) -> int | None:
    """A timespan divided by a number, cut to whole ticks; None for zero."""
    return _to_timespan(ticks / float(divisor)) if divisor else None


def _to_timespan(ticks: float) -> int | None:
    whole_ticks = values.truncate_to_whole(ticks)
    return None if whole_ticks is None else values.timespan_in_range(whole_ticks)


def _timespan_ratio(left: int, right: int) -> float:
    return values.divide_real(float(left), float(right))


_TIME_OPERATIONS: dict[tuple[str, str, str], tuple[str, str, object]] = {
    ("-", "datetime", "datetime"): ("timespan", "({0} - {1})", None),
    ("+", "datetime", "timespan"): ("datetime", "{helper}({0}, {1})", values.add_timespan),
    ("+", "timespan", "datetime"): ("datetime", "{helper}({1}, {0})", values.add_timespan),
    ("-", "datetime", "timespan"): ("datetime", "{helper}({0}, -{1})", values.add_timespan),
    ("+", "timespan", "timespan"): ("timespan", "{helper}({0} + {1})", values.timespan_in_range),
    ("-", "timespan", "timespan"): ("timespan", "{helper}({0} - {1})", values.timespan_in_range),
    ("/", "timespan", "timespan"): ("real", "{helper}({0}, {1})", _timespan_ratio),
    ("%", "timespan", "timespan"): ("timespan", "{helper}({0}, {1})", values.modulo_long),
    ("%", "datetime", "timespan"): ("timespan", "{helper}({0}, {1})", values.modulo_long),
    ("/", "datetime", "timespan"): ("real", "{helper}({0}, {1})", _timespan_ratio),
    ("*", "timespan", "number"): ("timespan", "{helper}({0}, {1})", _multiply_timespan),
    ("*", "number", "timespan"): ("timespan", "{helper}({1}, {0})", _multiply_timespan),
    ("/", "timespan", "number"): ("timespan", "{helper}({0}, {1})", _divide_timespan),
}
"""Operator and types of the operands to the result's type, the Python text and its helper; `number` is any of four."""
