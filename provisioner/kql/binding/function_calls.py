"""Function calls: which kind of call it is, and whether the function may be called here."""

from __future__ import annotations

from provisioner.kql.binding.bind_context import BindContext
from provisioner.kql.binding.function_inlining import inline_function
from provisioner.kql.binding.function_permissions import check_function
from provisioner.kql.binding.overloads import apply_function
from provisioner.kql.binding.special_calls import SPECIAL_CALLS
from provisioner.kql.ir.bound_expression import BoundExpression
from provisioner.kql.ir.name_scope import RowsBinding, Scope, UserFunction
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.lexer import LITERAL_TYPES


def bind_call(context: BindContext, node: tree.Call, scope: Scope) -> BoundExpression:
    """A call of a built-in function or of one that `let` defines."""
    meaning = scope.lookup(node.name)
    if isinstance(meaning, UserFunction):
        return inline_function(context, node, meaning, scope)
    if isinstance(meaning, RowsBinding):
        context.report("KQL112", f"{node.name!r} holds rows, it is no function", node.name_span)
        return context.unknown_expression(node.span)
    if node.name not in LITERAL_TYPES and not check_function(context, node):
        for argument in node.arguments:
            context.bind_expression(argument, scope)  # for its diagnostics
        return context.unknown_expression(node.span)
    special = SPECIAL_CALLS.get(node.name)
    if special is not None:
        return special(context, node, scope)
    arguments = [context.bind_expression(argument, scope) for argument in node.arguments]
    return apply_function(context, node, arguments)
