"""What the comparing and searching operators mean for each pair of types: equality, order, ranges, text."""

from __future__ import annotations

from collections.abc import Callable

from provisioner.diagnostics import Span
from provisioner.kql import values
from provisioner.kql.binding.arithmetic import compose_arithmetic
from provisioner.kql.binding.implicit_casts import cast_expression
from provisioner.kql.ir.bound_expression import BoundExpression, Constant
from provisioner.kql.ir.composed_expressions import Equality, NullPropagatingTemplate
from provisioner.kql.vocabulary.scalar_types import NUMBERS, UNKNOWN, common_type

ORDERED_TYPES = NUMBERS | {"datetime", "timespan", "bool"}
_TIME_TYPES = ("datetime", "timespan")
_TEXT_TYPES = ("string", "dynamic", UNKNOWN)


def comparable_operands(
    left: BoundExpression, right: BoundExpression
) -> tuple[BoundExpression, BoundExpression] | None:
    """Both sides as values of one type that can be compared; None where Kusto wants a cast."""
    left_type, right_type = left.type, right.type
    if UNKNOWN in (left_type, right_type) or (left_type == right_type and left_type != "dynamic"):
        return left, right
    shared_type = common_type((left_type, right_type))
    if shared_type is not None and shared_type != "dynamic":
        return cast_expression(left, shared_type), cast_expression(right, shared_type)
    # a dynamic is read as the other side's type: what it holds is known only when a row comes
    if "dynamic" in (left_type, right_type) and left_type != right_type:
        other = right_type if left_type == "dynamic" else left_type
        return cast_expression(left, other), cast_expression(right, other)
    literal = _text_as_time(left, right) or _text_as_time(right, left)
    if literal is not None:
        return (literal, right) if left_type == "string" else (left, literal)
    # the pairs that Kusto compares although neither widens to the other
    if {left_type, right_type} in ({"guid", "string"}, {"bool", "long"}, {"bool", "int"}):
        target = "guid" if "guid" in (left_type, right_type) else "long"
        return cast_expression(left, target), cast_expression(right, target)
    return None


def _text_as_time(text: BoundExpression, other: BoundExpression) -> BoundExpression | None:
    """A text literal beside a time as the time that it says; None where it says none."""
    if not isinstance(text, Constant) or text.type != "string" or other.type not in _TIME_TYPES:
        return None
    time = values.convert(text.value, "string", other.type)
    return Constant(other.type, time, text.span, text.name) if time is not None else None


def compose_comparison(
    operator: str, left: BoundExpression, right: BoundExpression, span: Span
) -> BoundExpression | None:
    """`==`, `!=`, `<`, `<=`, `>`, `>=`; None where the types do not meet.

    Two nulls are neither equal nor different: null. A null and a value are different. Order with a null is null.
    """
    if operator not in ("==", "!=") and "dynamic" in (left.type, right.type) and not _has_number(left, right):
        return None
    if operator not in ("==", "!=") and "string" in (left.type, right.type):
        return None
    pair = comparable_operands(left, right)
    if pair is None or (operator not in ("==", "!=") and pair[0].type not in ORDERED_TYPES | {UNKNOWN}):
        return None
    if operator in ("==", "!="):
        return Equality(*pair, span, negated=operator == "!=")
    return NullPropagatingTemplate("bool", f"({{0}} {operator} {{1}})", pair, span=span)


def _has_number(left: BoundExpression, right: BoundExpression) -> bool:
    """Whether one side is a number: the only thing by which a dynamic can be ordered without a cast."""
    return left.type in NUMBERS or right.type in NUMBERS


def compose_between(
    operand: BoundExpression, low: BoundExpression, high: BoundExpression, *, negated: bool, span: Span
) -> BoundExpression | None:
    """`operand between (low .. high)`; a timespan as `high` counts from `low` where that is a datetime."""
    if low.type == "datetime" and high.type == "timespan":
        end = compose_arithmetic("+", low, high, span)
        high = end if end is not None else high
    if "dynamic" in (low.type, high.type):
        return None
    types = {operand.type, low.type, high.type} - {UNKNOWN, "dynamic"}
    shared_type = common_type(types)
    if shared_type is None or shared_type not in ORDERED_TYPES | {UNKNOWN}:
        return None
    template = "(not ({1} <= {0} <= {2}))" if negated else "({1} <= {0} <= {2})"
    return NullPropagatingTemplate(
        "bool",
        template,
        [cast_expression(part, shared_type) for part in (operand, low, high)],
        span=span,
    )


# Python text where Python's own operator means the same: a method call costs a row less than a helper's
_CASE_SENSITIVE: dict[str, str] = {
    "contains_cs": "({1} in {0})",
    "startswith_cs": "{0}.startswith({1})",
    "endswith_cs": "{0}.endswith({1})",
}
_CASE_FOLDING: dict[str, str] = {
    "=~": "({0}.lower() == {1})",
    "contains": "({1} in {0}.lower())",
    "startswith": "{0}.lower().startswith({1})",
    "endswith": "{0}.lower().endswith({1})",
}
_SEARCH_FUNCTIONS: dict[str, Callable[[str, str], bool]] = {
    "=~": values.equals_ignoring_case,
    "contains": values.contains,
    "startswith": values.startswith,
    "endswith": values.endswith,
    "has": values.has,
    "has_cs": values.has_cs,
    "hasprefix": values.hasprefix,
    "hasprefix_cs": values.hasprefix_cs,
    "hassuffix": values.hassuffix,
    "hassuffix_cs": values.hassuffix_cs,
}


def compose_text_search(
    operator: str, left: BoundExpression, right: BoundExpression, span: Span
) -> BoundExpression | None:
    """`contains`, `has`, `startswith`, `=~` and the like, also negated; None where a side is no text."""
    if any(side.type not in _TEXT_TYPES for side in (left, right)):
        return None
    negated = operator[0] == "!"
    name = "=~" if operator == "!~" else operator.removeprefix("!")
    left, right = cast_expression(left, "string"), cast_expression(right, "string")
    helpers: dict[str, object] = {}
    if name in _CASE_SENSITIVE:
        template = _CASE_SENSITIVE[name]
    elif name in _CASE_FOLDING and isinstance(right, Constant):
        template = _CASE_FOLDING[name]
        # the constant is folded here, once; only the row's text is folded for each row
        right = Constant("string", right.value.lower(), right.span)
    else:
        template, helpers = "{helper}({0}, {1})", {"helper": _SEARCH_FUNCTIONS[name]}
    return NullPropagatingTemplate(
        "bool",
        f"(not {template})" if negated else template,
        [left, right],
        helpers=helpers,
        span=span,
    )


def compose_regex_match(left: BoundExpression, right: BoundExpression, span: Span) -> BoundExpression | None:
    """`left matches regex right`; raises BadRegex where a constant pattern is none of RE2's."""
    if any(side.type not in _TEXT_TYPES for side in (left, right)):
        return None
    left, right = cast_expression(left, "string"), cast_expression(right, "string")
    if isinstance(right, Constant):
        matches = values.compile_regex(right.value).matches
        return NullPropagatingTemplate("bool", "{matches}({0})", [left], helpers={"matches": matches}, span=span)
    return NullPropagatingTemplate(
        "bool",
        "{matches}({0}, {1})",
        [left, right],
        helpers={"matches": _match_or_null},
        nullable=True,
        span=span,
    )


def _match_or_null(text: str, pattern: str) -> bool | None:
    """For a pattern that a row gives: null where it is none of RE2's."""
    try:
        return values.compile_regex(pattern).matches(text)
    except values.BadRegex:
        return None
