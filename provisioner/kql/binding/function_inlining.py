"""Calls of functions that `let` defines: the body is bound in place of the call."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.kql.binding.bind_context import BindContext
from provisioner.kql.binding.implicit_casts import cast_expression
from provisioner.kql.ir.bound_expression import BoundExpression, Constant, Variable
from provisioner.kql.ir.composed_expressions import LetIn
from provisioner.kql.ir.name_scope import Scope, UserFunction
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary.scalar_types import CAST_FUNCTIONS, UNKNOWN, widening_distance


class _InlinedBody:
    """The names of a body that is bound for one call, and the variables that hold what has to be computed once."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.variables: list[str] = []
        self.values: list[BoundExpression] = []

    def assign(self, context: BindContext, name: str, value: BoundExpression) -> None:
        """Let a name of the body stand for a value, which is computed once however often the name is used."""
        value = context.check_size(value)
        if isinstance(value, (Constant, Variable)):
            self.scope.names[name] = value.renamed(name)
            return
        variable = context.new_variable("p")
        self.variables.append(variable)
        self.values.append(value)
        self.scope.names[name] = Variable.holding(value, variable, name)


def inline_function(context: BindContext, node: tree.Call, function: UserFunction, scope: Scope) -> BoundExpression:
    """The value of a call of a scalar user function."""
    result_node = function.body.result
    if isinstance(result_node, tree.Pipeline):
        context.report("KQL112", f"{node.name!r} gives rows, not a value", node.name_span)
        return context.unknown_expression(node.span)
    arguments = bind_arguments(context, node, function, scope)
    if arguments is None:
        return context.unknown_expression(node.span)
    # the function's own scope outside: a body does not see the columns and names of the caller
    body = _InlinedBody(Scope({}, function.scope, None))
    for parameter, argument in zip(function.body.parameters, arguments, strict=True):
        body.assign(context, parameter.name, argument)
    for let in function.body.lets:
        if isinstance(let.value, tree.Expression):
            body.assign(context, let.name, context.bind_expression(let.value, body.scope))
        elif isinstance(let.value, tree.FunctionBody):
            body.scope.names[let.name] = UserFunction(let.value, body.scope)
    # a call costs one more than its body, so that a function which only calls another is bounded too
    context.charge(node)
    result = context.bind_expression(result_node, body.scope)
    if not body.variables:
        return result.renamed(None, node.span)
    return LetIn(body.variables, body.values, result, node.span)


def bind_arguments(
    context: BindContext, node: tree.Call, function: UserFunction, scope: Scope
) -> list[BoundExpression] | None:
    """One argument for each parameter, by position, by name or by default; None where they do not match."""
    parameters = function.body.parameters
    by_name: dict[str, BoundExpression] = {}
    position = 0
    for label, expression in zip(node.labels, node.arguments, strict=True):
        argument = context.bind_expression(expression, scope)
        name = label or (parameters[position].name if position < len(parameters) else "")
        position += not label
        if name not in {parameter.name for parameter in parameters} or name in by_name:
            problem = f"has no parameter {label!r}" if label else f"takes {len(parameters)} arguments"
            context.report("KQL105", f"{node.name} {problem}", expression.span)
            return None
        by_name[name] = argument
    return _fill_parameters(context, node, parameters, by_name, function)


def _fill_parameters(
    context: BindContext,
    node: tree.Call,
    parameters: Sequence[tree.Parameter],
    by_name: dict[str, BoundExpression],
    function: UserFunction,
) -> list[BoundExpression] | None:
    arguments: list[BoundExpression] = []
    for parameter in parameters:
        argument = by_name.get(parameter.name)
        if argument is None and parameter.default is not None:
            argument = context.bind_expression(parameter.default, function.scope)
        if argument is None:
            context.report("KQL105", f"{node.name} needs a value for {parameter.name!r}", node.span)
            return None
        if not _is_accepted(argument, parameter):
            cast_function = CAST_FUNCTIONS.get(parameter.type)
            hint = f"cast it with {cast_function}()" if cast_function else None
            message = f"{parameter.name!r} of {node.name} is {parameter.type}, this is {argument.type}"
            context.report("KQL106", message, argument.span, hint=hint)
            return None
        arguments.append(cast_expression(argument, parameter.type))
    return arguments


def _is_accepted(argument: BoundExpression, parameter: tree.Parameter) -> bool:
    """Whether an argument widens to the parameter's type, or may be narrowed to it.

    A whole literal is a long and may be passed for an int; anything may be passed for a dynamic.
    """
    if argument.type == UNKNOWN or parameter.type == "dynamic":
        return True
    is_long_for_int = argument.type == "long" and parameter.type == "int"
    return is_long_for_int or widening_distance(argument.type, parameter.type) is not None
