"""Where rows come from: tables, `print`, `datatable`, `range`, `union`, and what `let` named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from provisioner.diagnostics import Span
from provisioner.fact_evidence import describe_evidence
from provisioner.kql import values
from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.column_items import assign_column, definition_span
from provisioner.kql.binding.function_inlining import bind_arguments
from provisioner.kql.binding.table_union import bind_union
from provisioner.kql.ir.bound_expression import BoundColumn, Constant
from provisioner.kql.ir.name_scope import TABLE_NAME, Meaning, RowsBinding, Scope, UserFunction
from provisioner.kql.ir.row_steps import AssignVariable, FlatMapRows, Rows, RowSource, Step
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary import dialects
from provisioner.kql.vocabulary.scalar_types import UNKNOWN
from provisioner.suggest import did_you_mean

MAX_RANGE = 1_000_000
"""How many rows one `range` gives at most; a step too small could ask for any number."""

_RANGE_TYPES = ("int", "long", "real", "datetime", "timespan", UNKNOWN)


def bind_source(context: PipelineContext, source: tree.Source, scope: Scope) -> Rows:
    """The rows of a source; open to any column where it is not known, which is reported."""
    if isinstance(source, tree.TableName):
        return _bind_table(context, source, scope)
    if isinstance(source, tree.ParenthesizedSource):
        return context.bind_pipeline(source.pipeline, scope)
    if isinstance(source, tree.PrintSource):
        return _bind_print(context, source, scope)
    if isinstance(source, tree.DatatableSource):
        return _bind_datatable(context, source, scope)
    if isinstance(source, tree.FunctionSource):
        return _bind_function_source(context, source, scope)
    if isinstance(source, tree.RangeSource):
        is_accepted = check_operator(context, "range", source.start)
        rows = _bind_range(context, source, scope)
    else:
        assert isinstance(source, tree.UnionSource)
        is_accepted = check_operator(context, "union", source.start)
        rows = bind_union(context, source, scope)
    # what follows a refused source is not told to name what the source lacks
    rows.columns_unknown = rows.columns_unknown or not is_accepted
    return rows


_WORD = re.compile(r"[A-Za-z_][\w-]*")


def check_operator(context: PipelineContext, word: str, start: int) -> bool:
    """Whether the dialect takes an operator or a source, whose word begins at `start`; reported where it does not."""
    permission = dialects.operator_permission(word, context.dialect, context.policy)
    if permission is None or permission.accepted:
        return True
    seen = "".join(f": {describe_evidence(entry)}" for entry in permission.evidence[:1])
    # `order by` and `limit` are other words for `sort by` and `take`: the author's is named
    written = _WORD.match(context.text, start)
    shown = written[0] if written else word
    message = f"the transform language does not have {shown!r}{seen}"
    context.report("KQL201", message, Span(start, start + len(shown)), hint=permission.hint, source=permission.source)
    return False


def _bind_table(context: PipelineContext, source: tree.TableName, scope: Scope) -> Rows:
    meaning = scope.lookup(source.name)
    if isinstance(meaning, RowsBinding):
        return context.bind_pipeline(meaning.pipeline, meaning.scope)
    columns = context.tables.get(source.name)
    if columns is None:
        hint = did_you_mean(source.name, [*context.tables, *scope.visible_names()])
        if context.dialect == "transform":
            hint = hint or "a transformation reads `source` and nothing else"
        what = "a value, it holds no rows" if meaning is not None else "not a table here"
        context.report("KQL102", f"{source.name!r} is {what}", source.span, hint=hint)
        return Rows({}, RowSource(), columns_unknown=True)
    bound_columns = {
        name: BoundColumn(
            name,
            type_name,
            context.new_variable(),
            reads=frozenset((name,)),
            span=source.span,
            needs_json_encoding=True,
        )
        for name, type_name in columns.items()
    }
    rows = Rows(bound_columns, RowSource(table=source.name, columns=list(bound_columns.values())))
    # few texts name it, and for the others no row should carry one value more
    return _with_table_name(context, rows, source) if TABLE_NAME in context.text else rows


def _with_table_name(context: PipelineContext, rows: Rows, source: tree.TableName) -> Rows:
    """The rows with a meaning for `$table`, which a transformation does not have."""
    if context.dialect == "transform":
        return rows
    variable = context.new_variable()
    named = rows.with_steps(rows.columns, AssignVariable(variable, Constant("string", source.name, source.span)))
    named.table_name = BoundColumn(TABLE_NAME, "string", variable, span=source.span, nullable=False)
    return named


def _bind_print(context: PipelineContext, source: tree.PrintSource, scope: Scope) -> Rows:
    columns: dict[str, BoundColumn] = {}
    steps: list[Step] = []
    # rows without columns: a name in `print` is never a column of an outer pipeline
    no_columns = scope.with_rows(Rows({}, RowSource()))
    for position, item in enumerate(source.items):
        name = item.names[0] if item.names else f"print_{position}"
        span = definition_span(item)
        if name in columns:
            context.report("KQL104", f"the column {name!r} is made twice", span)
        value = context.bind_expression(item.value, no_columns)
        columns[name], assignments = assign_column(context, name, value, span)
        steps.extend(assignments)
    return Rows(columns, RowSource(constants=[()]), steps)


def _bind_datatable(context: PipelineContext, source: tree.DatatableSource, scope: Scope) -> Rows:
    columns = {
        name: BoundColumn(name, type_name, context.new_variable(), span=source.span)
        for name, type_name in source.columns
    }
    if len(columns) < len(source.columns):
        context.report("KQL104", "two columns of the datatable have one name", source.span)
    width = len(source.columns)
    if len(source.values) % width:
        message = f"{len(source.values)} values do not fill rows of {width} columns"
        context.report("KQL105", message, source.span)
    cells = [
        _datatable_cell(context, node, source.columns[position % width][1], scope)
        for position, node in enumerate(source.values)
    ]
    # a last row that is not full has been reported, and is left out
    rows = [tuple(cells[start : start + width]) for start in range(0, len(cells) - width + 1, width)]
    return Rows(columns, RowSource(columns=list(columns.values()), constants=rows))


def _datatable_cell(context: PipelineContext, node: tree.Expression, type_name: str, scope: Scope) -> values.Value:
    bound = context.bind_expression(node, scope)
    if isinstance(bound, Constant):
        return bound.value if bound.type == type_name else values.convert(bound.value, bound.type, type_name)
    if bound.type != UNKNOWN:
        context.report("KQL110", "a datatable holds constants", node.span)
    return None


def _bind_function_source(context: PipelineContext, source: tree.FunctionSource, scope: Scope) -> Rows:
    node = source.call
    function = scope.lookup(node.name)
    if not isinstance(function, UserFunction) or not isinstance(function.body.result, tree.Pipeline):
        context.report("KQL102", f"{node.name!r} is no function that gives rows", node.name_span)
        return Rows({}, RowSource(), columns_unknown=True)
    arguments = bind_arguments(context, node, function, scope)
    if arguments is None:
        return Rows({}, RowSource(), columns_unknown=True)
    parameters: dict[str, Meaning] = {
        parameter.name: argument for parameter, argument in zip(function.body.parameters, arguments, strict=True)
    }
    body_scope = context.bind_lets(function.body.lets, Scope(parameters, function.scope))
    return context.bind_pipeline(function.body.result, body_scope)


def _bind_range(context: PipelineContext, source: tree.RangeSource, scope: Scope) -> Rows:
    low, high, step = (context.bind_expression(part, scope) for part in (source.low, source.high, source.step))
    if low.type not in _RANGE_TYPES:
        context.report("KQL106", f"a range runs over numbers or times, not {low.type}", source.low.span)
    column = BoundColumn(source.name, low.type, context.new_variable(), span=source.span)
    # computed for the one empty row of the source: the bounds may be `let` values
    count = FlatMapRows([column.variable], _count_up, [low, high, step])
    return Rows({source.name: column}, RowSource(constants=[()]), [count])


def _count_up(low: Any, high: Any, step: Any) -> Iterator[Any]:
    """From `low` to `high` by `step`, which may be negative; at most MAX_RANGE values."""
    if None in (low, high, step) or step == 0:
        return
    for _ in range(MAX_RANGE):
        if (low > high) if step > 0 else (low < high):
            return
        yield low
        low = low + step
