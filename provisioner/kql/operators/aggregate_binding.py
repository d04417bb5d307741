"""The items of `summarize`: calls of aggregates, and expressions around them, bound to columns and computations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.column_items import definition_span
from provisioner.kql.binding.derived_names import derived_name
from provisioner.kql.binding.implicit_casts import cast_expression
from provisioner.kql.ir.bound_expression import BoundColumn, BoundExpression
from provisioner.kql.ir.name_scope import Meaning, Scope
from provisioner.kql.ir.row_steps import AssignVariable
from provisioner.kql.operators.aggregate_computations import ArgumentRows, extreme_row
from provisioner.kql.operators.aggregate_functions import AGGREGATES, Aggregate, computation_for
from provisioner.kql.syntax import tree
from provisioner.kql.values import Value
from provisioner.kql.vocabulary.scalar_types import UNKNOWN
from provisioner.suggest import did_you_mean, free_names, numbered_names, unused_name


@dataclass(slots=True)
class BoundAggregate:
    """One bound call: the values of a row that it takes, the columns that it gives, and how it computes them."""

    arguments: list[BoundExpression]
    columns: list[BoundColumn]
    compute: Callable[[ArgumentRows], Sequence[Value]]


@dataclass(slots=True)
class BoundSummary:
    """The parts of a `summarize` bound so far; `assignments` compute columns from the results of aggregates."""

    scope: Scope
    columns: dict[str, BoundColumn] = field(default_factory=dict)
    aggregates: list[BoundAggregate] = field(default_factory=list)
    assignments: list[AssignVariable] = field(default_factory=list)


def bind_item(context: PipelineContext, summary: BoundSummary, item: tree.ColumnItem, keys: set[str]) -> None:
    """Add the columns of an item to the summary; `keys` are the names that `*` leaves out."""
    call = item.value
    if isinstance(call, tree.Call) and call.name in ("arg_max", "arg_min"):
        _bind_row_aggregate(context, summary, item, call, keys)
        return
    if isinstance(call, tree.Call) and call.name in ("take_any", "any") and _returns_several_columns(call):
        _bind_row_aggregate(context, summary, item, call, keys)
        return
    if isinstance(call, tree.Call) and call.name in AGGREGATES:
        aggregate = _bind_aggregate(context, summary, call)
        if aggregate is not None:
            default_name = _aggregate_name(call, AGGREGATES[call.name])
            name = item.names[0] if item.names else unused_name(default_name, summary.columns)
            _add_aggregate(context, summary, item, name, aggregate)
        return
    _bind_expression_item(context, summary, item)


def make_column(
    context: PipelineContext, name: str, type_name: str, item: tree.ColumnItem, source: BoundExpression
) -> BoundColumn:
    """The column of an item in a variable of its own, with what its source reads."""
    context.column_defined(name, definition_span(item), source)
    return BoundColumn(
        name,
        type_name,
        context.new_variable(),
        source.reads,
        source.volatile,
        definition_span(item),
        source.nullable,
        source.needs_json_encoding,
    )


def _returns_several_columns(call: tree.Call) -> bool:
    return len(call.arguments) > 1 or (len(call.arguments) == 1 and isinstance(call.arguments[0], tree.Star))


def _aggregate_name(call: tree.Call, aggregate: Aggregate) -> str:
    """The name that Kusto gives the column of a call without a name: `sum_x`, `percentile_x_95`, `count_`."""
    first = derived_name(call.arguments[0]) if call.arguments and call.name != "countif" else None
    if call.name == "percentile" and isinstance(call.arguments[-1], tree.Literal):
        return f"percentile_{first or ''}_{call.arguments[-1].value}".replace(".", "_")
    if not aggregate.name_prefix:
        return first or f"{call.name}_"
    if call.name.startswith("covariance"):
        return f"{call.name}_{first or ''}_{derived_name(call.arguments[1]) or ''}"
    return f"{aggregate.name_prefix}_{first or ''}"


def _bind_aggregate(context: PipelineContext, summary: BoundSummary, call: tree.Call) -> BoundAggregate | None:
    aggregate = AGGREGATES[call.name]
    min_arguments, max_arguments = aggregate.argument_count
    if not min_arguments <= len(call.arguments) <= max_arguments:
        context.report("KQL105", f"{call.name} takes {min_arguments} to {max_arguments} arguments", call.span)
        return None
    last = len(call.arguments) - 1
    arguments = [
        context.bind_condition(argument, summary.scope)
        if aggregate.conditional and index == last
        else context.bind_expression(argument, summary.scope)
        for index, argument in enumerate(call.arguments)
    ]
    type_name = arguments[0].type if arguments else "long"
    if arguments and aggregate.argument_types is not None and type_name not in aggregate.argument_types | {UNKNOWN}:
        context.report("KQL106", f"{call.name} does not take {type_name}", call.arguments[0].span, hint="cast it")
        return None
    # Whatever the group holds, the result may be typed (NaN, ticks): it is encoded like a value from a dynamic.
    column = BoundColumn(
        "", aggregate.result_type(type_name), context.new_variable(), span=call.span, needs_json_encoding=True
    )
    for argument in arguments:
        column.reads |= argument.reads
        column.volatile |= argument.volatile
    if column.type == "dynamic" and arguments:
        arguments[0] = cast_expression(arguments[0], "dynamic")
    compute = computation_for(call.name, type_name)
    return BoundAggregate(
        arguments, [column], _conditional_value(compute) if aggregate.conditional else _single_value(compute)
    )


def _single_value(compute: Callable[[ArgumentRows], Value]) -> Callable[[ArgumentRows], Sequence[Value]]:
    return lambda rows: (compute(rows),)


def _conditional_value(compute: Callable[[ArgumentRows], Value]) -> Callable[[ArgumentRows], Sequence[Value]]:
    """The computation over the rows whose last argument is true."""
    return lambda rows: (compute([row for row in rows if row[-1]]),)


def _add_aggregate(
    context: PipelineContext, summary: BoundSummary, item: tree.ColumnItem, name: str, aggregate: BoundAggregate
) -> None:
    span = definition_span(item)
    column = aggregate.columns[0]
    column.name, column.span = name, span
    if name in summary.columns:
        context.report("KQL104", f"the column {name!r} is made twice", span, hint="give one another name")
    summary.columns[name] = column
    summary.aggregates.append(aggregate)
    context.column_defined(name, span, column.as_expression(item.value.span))


def _bind_row_aggregate(
    context: PipelineContext, summary: BoundSummary, item: tree.ColumnItem, call: tree.Call, keys: set[str]
) -> None:
    """`arg_max(x, *)`: the columns of the row in which `x` is greatest."""
    results: list[tuple[str, BoundExpression]] = []
    for argument in call.arguments:
        if isinstance(argument, tree.Star):
            rows = summary.scope.rows
            taken = {*keys, *(name for name, _ in results)}
            assert rows is not None
            others = [column for column in rows.columns.values() if column.name not in taken]
            results.extend((column.name, column.as_expression(argument.span)) for column in others)
        else:
            bound = context.bind_expression(argument, summary.scope)
            results.append((derived_name(argument) or _default_name(call.name, len(results)), bound))
    if not results:
        context.report("KQL105", f"{call.name} takes a value and what to return", call.span)
        return
    # `(a, b) = arg_max(x, y)` names the first results.
    if item.names and len(item.names) <= len(results):
        results = [
            (item.names[index] if index < len(item.names) else name, bound)
            for index, (name, bound) in enumerate(results)
        ]
    columns: list[BoundColumn] = []
    for name, bound in results:
        column = make_column(context, unused_name(name, summary.columns), bound.type, item, bound)
        summary.columns[column.name] = column
        columns.append(column)
    summary.aggregates.append(
        BoundAggregate([bound for _, bound in results], columns, _row_chooser(call.name, columns))
    )


def _default_name(function_name: str, index: int) -> str:
    """Kusto's name for a result without a name of its own: `max_` for the first of arg_max, `any_arg1` and so on."""
    if function_name.startswith("arg_") and index == 0:
        return f"{function_name.removeprefix('arg_')}_"
    return f"any_arg{index}"


def _row_chooser(function_name: str, columns: list[BoundColumn]) -> Callable[[ArgumentRows], Sequence[Value]]:
    nulls = tuple("" if column.type == "string" else None for column in columns)
    if function_name not in ("arg_max", "arg_min"):
        return lambda rows: rows[0] if rows else nulls
    return lambda rows: extreme_row(rows, greatest=function_name == "arg_max") or nulls


def _bind_expression_item(context: PipelineContext, summary: BoundSummary, item: tree.ColumnItem) -> None:
    """`1.0 * sum(x) / count()`: aggregates inside an expression, which is computed for each group."""
    names: dict[str, Meaning] = {}
    node = _replace_aggregates(context, summary, item.value, names)
    if not names:
        hint = did_you_mean(item.value.name, AGGREGATES) if isinstance(item.value, tree.Call) else None
        context.report("KQL103", "this is no aggregate", item.value.span, hint=hint or "put the column behind `by`")
        return
    # The scope has the results and what `let` names, but no columns: after grouping there are no rows to read from.
    bound = context.bind_expression(node, Scope(names, Scope(outer=summary.scope.outer)))
    name = item.names[0] if item.names else _free_name(_name_from_aggregate(node, names), summary.columns)
    column = make_column(context, name, bound.type, item, bound)
    summary.columns[name] = column
    summary.assignments.append(AssignVariable(column.variable, bound))


def _free_name(name: str | None, taken: dict[str, BoundColumn]) -> str:
    """The name, or a numbered one where it is taken; without a name the next of `Column1`, `Column2` and so on."""
    return next(free_names(numbered_names("Column"), taken)) if name is None else unused_name(name, taken)


def _name_from_aggregate(node: tree.Expression, placeholders: dict[str, Meaning]) -> str | None:
    """The name that an expression takes from the aggregate inside it: `sum_x` for `round(sum(x), 2)`."""
    name = derived_name(node)
    if name is None or not any(placeholder in name for placeholder in placeholders):
        return None
    # A placeholder is "\0number\0name\0": every part but its number belongs to the name.
    return "".join(part for index, part in enumerate(name.split("\0")) if index % 3 != 1)


def _replace_aggregates(
    context: PipelineContext, summary: BoundSummary, node: tree.Expression, names: dict[str, Meaning]
) -> tree.Expression:
    """The expression with its aggregates replaced by placeholder names, which `names` maps to their results."""
    if isinstance(node, tree.Call) and node.name in AGGREGATES:
        aggregate = _bind_aggregate(context, summary, node)
        # No name of an author's has a NUL, so that a placeholder can hide none.
        placeholder = f"\0{len(names)}\0{_aggregate_name(node, AGGREGATES[node.name])}\0"
        names[placeholder] = context.unknown_expression(node.span)
        if aggregate is not None:
            summary.aggregates.append(aggregate)
            names[placeholder] = aggregate.columns[0].as_expression(node.span)
        return tree.Name(placeholder, start=node.start, end=node.end)
    if isinstance(node, tree.Binary):
        left, right = (_replace_aggregates(context, summary, side, names) for side in (node.left, node.right))
        return tree.Binary(node.operator, left, right, node.operator_span, start=node.start, end=node.end)
    if isinstance(node, tree.Unary):
        operand = _replace_aggregates(context, summary, node.operand, names)
        return tree.Unary(node.operator, operand, start=node.start, end=node.end)
    if isinstance(node, tree.Call):
        arguments = [_replace_aggregates(context, summary, argument, names) for argument in node.arguments]
        return tree.Call(node.name, arguments, node.labels, node.name_span, start=node.start, end=node.end)
    if isinstance(node, (tree.MemberAccess, tree.IndexAccess)):
        accessed = _replace_aggregates(context, summary, node.object, names)
        if isinstance(node, tree.MemberAccess):
            return tree.MemberAccess(accessed, node.name, start=node.start, end=node.end)
        return tree.IndexAccess(accessed, node.index, start=node.start, end=node.end)
    return node
