"""`summarize`: one row for each group, with the aggregates of its rows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from provisioner.kql import values
from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.column_items import name_columns
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.bound_expression import BoundExpression
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import Barrier, Rows
from provisioner.kql.operators.aggregate_binding import BoundSummary, bind_item, make_column
from provisioner.kql.operators.aggregate_computations import ArgumentRows
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser
from provisioner.kql.values import Value

Computation = tuple[int, Callable[[ArgumentRows], Sequence[Value]]]
"""The number of arguments that an aggregate takes from a row, and how it computes its results."""


class Summarize(tree.Operator):
    """`summarize a = count(), max(x) by y, bin(t, 1h)`."""

    items: list[tree.ColumnItem]
    keys: list[tree.ColumnItem]


def _parse(parser: PipelineParser) -> Summarize:
    """Aggregates, and keys behind `by`."""
    # `hint.strategy=shuffle` and the like tell Kusto's cluster how to compute; they do not change the rows.
    while parser.at("hint"):
        parser.skip_to("=")
        parser.advance()
        parser.advance()
    items = [] if parser.at("by") else parser.parse_items()
    keys = parser.parse_items() if parser.accept("by") else []
    return Summarize(items, keys)


def _bind(context: PipelineContext, node: Summarize, rows: Rows, scope: Scope) -> Rows:
    """The keys, then the aggregates."""
    rows_scope = scope.with_rows(rows)
    keys: list[BoundExpression] = []
    summary = BoundSummary(rows_scope)
    for name, item in name_columns(context, node.keys, existing=None):
        key = context.bind_expression(item.value, rows_scope)
        if key.type == "dynamic":
            message = "rows cannot be grouped by a dynamic"
            context.report("KQL109", message, item.value.span, hint="cast it, as tostring()")
        summary.columns[name] = make_column(context, name, key.type, item, key)
        keys.append(key)
    key_columns = list(summary.columns.values())
    column_names = {item.value.name for item in node.keys if isinstance(item.value, tree.Name)}
    key_names = column_names | {column.name for column in key_columns}
    for item in node.items:
        bind_item(context, summary, item, key_names)
    arguments = [*keys, *(argument for aggregate in summary.aggregates for argument in aggregate.arguments)]
    columns = [*key_columns, *(column for aggregate in summary.aggregates for column in aggregate.columns)]
    computations = [(len(aggregate.arguments), aggregate.compute) for aggregate in summary.aggregates]
    group_rows = partial(_group_rows, key_types=[key.type for key in keys], computations=computations)
    barrier = Barrier(group_rows, arguments, [column.variable for column in columns])
    return rows.with_steps(summary.columns, barrier, *summary.assignments)


def _group_rows(
    rows: Iterable[tuple[Value, ...]], context: object, *, key_types: Sequence[str], computations: Sequence[Computation]
) -> Iterator[tuple[Value, ...]]:
    """The groups in the order of their first rows: the key values, then the results; one group without keys."""
    del context
    width = len(key_types)
    # NaN differs from itself and a dynamic may hold lists: only these types pay for an identity key a row.
    needs_identity_keys = any(type_name in ("dynamic", "real") for type_name in key_types)
    groups: dict[tuple[Hashable, ...], ArgumentRows] = {} if width else {(): []}
    key_values: dict[tuple[Hashable, ...], tuple[Value, ...]] = {(): ()}
    for row in rows:
        key: Any = tuple(map(values.identity_key, row[:width])) if needs_identity_keys else row[:width]
        group = groups.get(key)
        if group is None:
            group = groups[key] = []
            key_values[key] = row[:width]
        group.append(row[width:])
    for key, group in groups.items():
        yield (*key_values.get(key, ()), *_compute_aggregates(group, computations))


def _compute_aggregates(group: ArgumentRows, computations: Sequence[Computation]) -> Iterator[Value]:
    start = 0
    for argument_count, compute in computations:
        yield from compute([row[start : start + argument_count] for row in group])
        start += argument_count


SUMMARIZE = OperatorSpec("summarize", Summarize, parse=_parse, bind=_bind)
