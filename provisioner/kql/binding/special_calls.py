"""Calls that overloads cannot describe: they compute one branch only, look at the columns, or take literals alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provisioner.diagnostics import Edit, Fix
from provisioner.kql import values
from provisioner.kql.binding.bind_context import BindContext
from provisioner.kql.binding.function_permissions import check_coalesce
from provisioner.kql.binding.implicit_casts import cast_expression
from provisioner.kql.binding.overloads import apply_function
from provisioner.kql.ir.bound_expression import BoundExpression, Constant
from provisioner.kql.ir.composed_expressions import Case, NullAwareTemplate
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.lexer import LITERAL_TYPES
from provisioner.kql.vocabulary.function_wrapping import wrap_in_function
from provisioner.kql.vocabulary.scalar_types import CAST_FUNCTIONS, NUMBERS, UNKNOWN, WHOLE_NUMBERS, common_type


def _bind_iif(context: BindContext, node: tree.Call, scope: Scope) -> BoundExpression:
    if len(node.arguments) != 3:
        return _report_argument_count(context, node, "three arguments: a condition and two values")
    return _bind_branches(context, node, scope)


def _bind_case(context: BindContext, node: tree.Call, scope: Scope) -> BoundExpression:
    if len(node.arguments) < 3 or len(node.arguments) % 2 == 0:
        return _report_argument_count(context, node, "pairs of condition and value, and a value for the rest")
    return _bind_branches(context, node, scope)


def _bind_branches(context: BindContext, node: tree.Call, scope: Scope) -> BoundExpression:
    """Condition, result, condition, result …, result of the rest."""
    last = len(node.arguments) - 1
    parts = [
        context.bind_condition(argument, scope)
        if position % 2 == 0 and position != last
        else context.bind_expression(argument, scope)
        for position, argument in enumerate(node.arguments)
    ]
    results = [position for position in range(last + 1) if position % 2 or position == last]
    result_type = _shared_result_type(
        context, node, [parts[position] for position in results], [node.arguments[position] for position in results]
    )
    for position in results:
        parts[position] = cast_expression(parts[position], result_type)
    return Case(result_type, parts, node.span)


def _shared_result_type(
    context: BindContext, node: tree.Call, results: Sequence[BoundExpression], nodes: Sequence[tree.Expression]
) -> str:
    """The type of all results: int with long is long, a dynamic takes the type of the others; else it is reported.

    Kusto widens further, but Azure refuses a transformation whose branches are of different types.
    """
    types = [result.type for result in results if result.type not in ("dynamic", UNKNOWN)]
    if not types:
        return "dynamic" if any(result.type == "dynamic" for result in results) else UNKNOWN
    shared_type = common_type(types)
    if shared_type is not None and (len(set(types)) == 1 or set(types) <= WHOLE_NUMBERS):
        return shared_type
    different = next(
        position for position, result in enumerate(results) if result.type not in (types[0], "dynamic", UNKNOWN)
    )
    expected = shared_type if shared_type in NUMBERS else types[0]
    wrong = next(
        position for position, result in enumerate(results) if result.type != expected and result.type in types
    )
    message = f"the results of {node.name} are of different types: {types[0]} and {results[different].type}"
    function = CAST_FUNCTIONS.get(expected or "", "tostring")
    fix = wrap_in_function(nodes[wrong].span, context.text, function)
    context.report("KQL111", message, nodes[wrong].span, hint=f"cast with {function}()", fix=fix)
    return UNKNOWN


def _bind_coalesce(context: BindContext, node: tree.Call, scope: Scope) -> BoundExpression:
    parts = [context.bind_expression(argument, scope) for argument in node.arguments]
    check_coalesce(context, node, parts, common_type(part.type for part in parts) or UNKNOWN)
    if len(parts) < 2:
        return _report_argument_count(context, node, "two values or more")
    shared_type = common_type(part.type for part in parts) or _report_different_types(
        context, node, [part.type for part in parts]
    )
    if shared_type == UNKNOWN:
        return context.unknown_expression(node.span)
    # from the last to the first, each inside the one before: what stands behind a value is not computed
    result = cast_expression(parts[-1], shared_type)
    for part in reversed(parts[:-1]):
        first = cast_expression(part, shared_type)
        template = "({0} or {1})" if shared_type == "string" else "(v if (v := {0}) is not None else {1})"
        result = NullAwareTemplate(shared_type, template, [first, result], nullable=result.nullable, span=node.span)
    return result


def _report_different_types(context: BindContext, node: tree.Call, types: Sequence[str]) -> str:
    message = f"the arguments of {node.name} are of different types: {', '.join(dict.fromkeys(types))}"
    context.report("KQL111", message, node.span, hint="cast them to one type")
    return UNKNOWN


def _bind_column_if_exists(context: BindContext, node: tree.Call, scope: Scope) -> BoundExpression:
    if len(node.arguments) != 2:
        return _report_argument_count(context, node, "a column's name and a default")
    first = node.arguments[0]
    default = context.bind_expression(node.arguments[1], scope)
    if isinstance(first, tree.Literal) and first.type == "string":
        name: str | None = first.value
    else:
        name = first.name if isinstance(first, tree.Name) else None
    if name is None:
        context.report("KQL110", f"the first argument of {node.name} is a column's name in quotes", first.span)
        return default
    column = scope.find_column(name)
    if column is None:
        return default.renamed(name)  # `extend columnifexists("a", 0)` defines `a` in either case
    if default.type not in (column.type, UNKNOWN) and common_type((column.type, default.type)) != column.type:
        message = f"the default is {default.type}, the column {name!r} is {column.type}"
        context.report("KQL106", message, node.arguments[1].span, severity="warning", hint="give both the same type")
    return column.as_expression(node.span)


def _bind_bag_pack_columns(context: BindContext, node: tree.Call, scope: Scope) -> BoundExpression:
    """`bag_pack_columns(a, b)`: a bag of columns under their names."""
    parts = [context.bind_expression(argument, scope) for argument in node.arguments]
    names = [part.name or f"Column{position}" for position, part in enumerate(parts, 1)]
    return _compose_bag(node, names, parts, skip_empty=False)


def _bind_pack_all(context: BindContext, node: tree.Call, scope: Scope) -> BoundExpression:
    """`pack_all()`: a bag of all columns; with true, only of those that hold something."""
    first = node.arguments[0] if node.arguments else None
    skip_empty = isinstance(first, tree.Literal) and first.value is True
    rows = scope.nearest_rows()
    if rows is None:
        context.report("KQL112", "there are no columns here", node.span)
        return context.unknown_expression(node.span)
    parts = [column.as_expression(node.span) for column in rows.columns.values()]
    return _compose_bag(node, list(rows.columns), parts, skip_empty=skip_empty)


def _compose_bag(
    node: tree.Call, names: list[str], parts: Sequence[BoundExpression], *, skip_empty: bool
) -> BoundExpression:
    members_template = ", ".join(f"{name!r}: {{{position}}}" for position, name in enumerate(_escape_braces(names)))
    template = "{drop}({{" + members_template + "}})" if skip_empty else "{{" + members_template + "}}"
    members = [cast_expression(part, "dynamic") for part in parts]
    helpers = {"drop": _without_empty_members}
    return NullAwareTemplate(
        "dynamic",
        template,
        members,
        helpers=helpers,
        nullable=False,
        span=node.span,
        function_name=node.name,
    )


def _escape_braces(names: list[str]) -> list[str]:
    # the template goes through str.format
    return [name.replace("{", "{{").replace("}", "}}") for name in names]


def _without_empty_members(bag: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in bag.items() if value is not None and value != ""}


def _literal_type_call(type_name: str) -> Callable[[BindContext, tree.Call, Scope], BoundExpression]:
    """What binds `int(x)` where x is no literal: Kusto's type words take literals only."""

    def bind_type_call(context: BindContext, node: tree.Call, scope: Scope) -> BoundExpression:
        arguments = [context.bind_expression(argument, scope) for argument in node.arguments]
        if len(arguments) == 1 and isinstance(arguments[0], Constant):
            value = values.convert(arguments[0].value, arguments[0].type, type_name)
            return Constant(type_name, value, node.span)
        function = CAST_FUNCTIONS.get(type_name)
        fix = None
        if function is not None and len(arguments) == 1:
            fix = Fix(f"write {function}()", (Edit(node.name_span, function),))
        message = f"{node.name}(…) holds a literal, no expression"
        hint = f"use {function}()" if function else "write the value itself"
        context.report("KQL110", message, node.span, hint=hint, fix=fix)
        return context.unknown_expression(node.span)

    return bind_type_call


def _bind_pairs(context: BindContext, node: tree.Call, scope: Scope) -> BoundExpression:
    """`bag_pack(key, value, …)`: an ordinary function that takes its arguments two by two."""
    if len(node.arguments) % 2:
        return _report_argument_count(context, node, "a key and a value, again and again")
    return apply_function(context, node, [context.bind_expression(argument, scope) for argument in node.arguments])


def _report_argument_count(context: BindContext, node: tree.Call, what: str) -> BoundExpression:
    context.report("KQL105", f"{node.name} takes {what}; here are {len(node.arguments)}", node.span)
    return context.unknown_expression(node.span)


SPECIAL_CALLS: dict[str, Callable[[BindContext, tree.Call, Scope], BoundExpression]] = {
    "iif": _bind_iif,
    "iff": _bind_iif,
    "case": _bind_case,
    "coalesce": _bind_coalesce,
    "pack": _bind_pairs,
    "bag_pack": _bind_pairs,
    "pack_dictionary": _bind_pairs,
    "columnifexists": _bind_column_if_exists,
    "column_ifexists": _bind_column_if_exists,
    "bag_pack_columns": _bind_bag_pack_columns,
    "pack_all": _bind_pack_all,
}

# a type word is called only where no literal stands inside: the lexer takes `int(1)` as one token
SPECIAL_CALLS.update({word: _literal_type_call(type_name) for word, type_name in LITERAL_TYPES.items()})
