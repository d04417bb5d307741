"""The operators of scalar expressions, bound: `-x`, `x + y`, `x and y`, `x has y`, `x in (…)`, `x between (…)`."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.diagnostics import Edit, Fix, Span
from provisioner.kql import values
from provisioner.kql.binding import arithmetic, comparisons
from provisioner.kql.binding.bind_context import BindContext
from provisioner.kql.binding.implicit_casts import cast_expression
from provisioner.kql.binding.list_tests import compose_list_test
from provisioner.kql.ir.bound_expression import BoundExpression, Variable
from provisioner.kql.ir.composed_expressions import And, Or
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary import dialects
from provisioner.kql.vocabulary.function_wrapping import wrap_in_function
from provisioner.kql.vocabulary.scalar_types import CAST_FUNCTIONS, UNKNOWN

_ARITHMETIC = frozenset("+-*/%")
_RELATIONS = frozenset(("==", "!=", "<", "<=", ">", ">="))


def _check_text_operator(context: BindContext, operator: str, span: Span) -> None:
    """Report a text operator that the transform language does not list."""
    replacement = dialects.text_operator_replacement(operator) if context.dialect == "transform" else None
    if replacement is not None:
        message = f"the transform language does not list {operator!r}"
        source = dialects.source_address("list")
        context.report("KQL205", message, span, hint=f"write {replacement}", source=source)


def bind_unary(context: BindContext, node: tree.Unary, scope: Scope) -> BoundExpression:
    """`-x` or `+x`; reported where the type has no negative."""
    operand = context.bind_expression(node.operand, scope)
    result = operand if node.operator == "+" else arithmetic.compose_negation(operand, node.span)
    if result is None:
        message = f"'-' is not defined for {operand.type}"
        context.report("KQL107", message, node.span, hint=_cast_hint(operand, "long"))
        return context.unknown_expression(node.span)
    return result.renamed(None)


def bind_binary(
    context: BindContext, node: tree.Binary, left: BoundExpression, right: BoundExpression
) -> BoundExpression:
    """`left operator right` with both sides bound; reported where it is not defined for their types."""
    context.charge(node)
    operator, span = node.operator, node.span
    if operator in ("and", "or"):
        return _bind_logic(context, node, left, right)
    if operator in _ARITHMETIC:
        result = arithmetic.compose_arithmetic(operator, left, right, span)
    elif operator in _RELATIONS:
        result = comparisons.compose_comparison(operator, left, right, span)
    elif operator == "matches regex":
        result = _bind_regex_match(context, node, left, right)
    else:
        _check_text_operator(context, operator, node.operator_span)
        result = comparisons.compose_text_search(operator, left, right, span)
    if result is None:
        _report_undefined_operator(context, node, left, right)
        return context.unknown_expression(span)
    return result


def _bind_logic(
    context: BindContext, node: tree.Binary, left: BoundExpression, right: BoundExpression
) -> BoundExpression:
    # a dynamic is read as a bool beside `and` and `or`; as a condition of its own it is reported
    left, right = (cast_expression(side, "bool") if side.type == "dynamic" else side for side in (left, right))
    for side, part in ((left, node.left), (right, node.right)):
        if side.type not in ("bool", UNKNOWN):
            message = f"{node.operator!r} takes bool, this is {side.type}"
            fix = wrap_in_function(part.span, context.text, "tobool")
            context.report("KQL107", message, part.span, hint="cast it with tobool()", fix=fix)
    return (And if node.operator == "and" else Or)(left, right, node.span)


def _bind_regex_match(
    context: BindContext, node: tree.Binary, left: BoundExpression, right: BoundExpression
) -> BoundExpression | None:
    try:
        return comparisons.compose_regex_match(left, right, node.span)
    except values.BadRegex as error:
        context.report_bad_regex(error, node.right.span)
        return context.unknown_expression(node.span)


def _report_undefined_operator(
    context: BindContext, node: tree.Binary, left: BoundExpression, right: BoundExpression
) -> None:
    code = "KQL109" if "dynamic" in (left.type, right.type) else "KQL107"
    message = f"{node.operator!r} is not defined for {left.type} and {right.type}"
    side, type_name, part = _side_to_cast(left, right, node)
    function = CAST_FUNCTIONS.get(type_name)
    hint = f"cast with {function}()" if function else None
    fix = wrap_in_function(part.span, context.text, function) if function and side.type != type_name else None
    if node.operator == "+" and left.type == right.type == "string":
        hint, fix = "texts are joined with strcat()", _joined_texts_fix(context.text, node)
    # nodes that an operator made, as `summarize` does, have no operator in the text
    span = node.operator_span if node.operator_span.end else node.span
    context.report(code, message, span, hint=hint, fix=fix)


def _joined_texts_fix(text: str, node: tree.Binary) -> Fix:
    parts = [text[part.span.start : part.span.end] for part in (node.left, node.right)]
    return Fix("write strcat()", (Edit(node.span, f"strcat({parts[0]}, {parts[1]})"),))


def bind_list_test(context: BindContext, node: tree.ListTest, scope: Scope) -> BoundExpression:
    """`operand in (items)` and the like; reported where an item's type cannot be compared with the operand's."""
    operand = context.bind_expression(node.operand, scope)
    items = [context.bind_expression(item, scope) for item in node.items]
    _check_text_operator(context, node.operator, node.operator_span)
    if UNKNOWN in (operand.type, *(item.type for item in items)):
        # a bool all the same: the condition around it is not to be reported for an item that was
        return Variable("bool", "(None)", span=node.span)
    test = compose_list_test(node.operator, operand, items, node.span)
    if test is None:
        types = ", ".join(sorted({item.type for item in items if item.type != operand.type}))
        message = f"{node.operator!r} cannot compare {operand.type} with {types or 'these'}"
        context.report("KQL107", message, node.operator_span, hint="cast one side")
        return context.unknown_expression(node.span)
    return test


def bind_between(context: BindContext, node: tree.Between, scope: Scope) -> BoundExpression:
    """`operand between (low .. high)`; reported where the three have no common type with an order."""
    parts = [context.bind_expression(part, scope) for part in (node.operand, node.low, node.high)]
    test = comparisons.compose_between(*parts, negated=node.negated, span=node.span)
    if test is None:
        types = ", ".join(part.type for part in parts)
        message = f"'between' is not defined for {types}"
        context.report("KQL107", message, node.span, hint="cast so that all agree")
        return context.unknown_expression(node.span)
    return test


def _cast_hint(operand: BoundExpression, type_name: str) -> str | None:
    return f"cast it with {CAST_FUNCTIONS[type_name]}()" if operand.type in ("dynamic", "string") else None


def _side_to_cast(
    left: BoundExpression, right: BoundExpression, node: tree.Binary
) -> tuple[BoundExpression, str, tree.Expression]:
    """Which side to cast to what: the dynamic or text one to the other's type."""
    sides: Sequence[tuple[BoundExpression, BoundExpression, tree.Expression]] = (
        (left, right, node.left),
        (right, left, node.right),
    )
    # the dynamic where both could be cast: its type is the one that is not known
    for type_name in ("dynamic", "string"):
        for side, other, part in sides:
            if side.type == type_name and other.type != type_name:
                return side, other.type, part
    return left, "string" if left.type == "dynamic" else "", node.left
