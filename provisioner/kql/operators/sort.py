"""`sort`: the rows in order of some keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.bound_expression import BoundExpression
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import Barrier, Rows
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser
from provisioner.kql.values import Value, order_key


class SortKey(tree.Node):
    """One key: an expression, whether its order is descending, and whether nulls come first."""

    value: tree.Expression
    descending: bool
    nulls_first: bool


class Sort(tree.Operator):
    """`sort by a desc, b asc nulls last`."""

    keys: list[SortKey]


def _parse(parser: PipelineParser) -> Sort:
    """`sort by` with keys."""
    parser.expect("by")
    return Sort(parse_sort_keys(parser))


def _bind(context: PipelineContext, node: Sort, rows: Rows, scope: Scope) -> Rows:
    """The same columns; the rows sorted, equal ones in the order in which they came."""
    return sort_rows(context, rows, scope, node.keys, None)


def parse_sort_keys(parser: PipelineParser) -> list[SortKey]:
    """Keys between commas; descending where neither `asc` nor `desc` follows."""
    sort_keys = [_parse_sort_key(parser)]
    while parser.accept(","):
        sort_keys.append(_parse_sort_key(parser))
    return sort_keys


def _parse_sort_key(parser: PipelineParser) -> SortKey:
    value = parser.parse_item().value
    descending = not parser.accept("asc") and (parser.accept("desc") or True)
    nulls_first = not descending  # Kusto's default: null is less than any value
    if parser.accept("nulls"):
        nulls_first = parser.accept("first") or (parser.expect("last") is None)
    return SortKey(value, descending, nulls_first, start=value.start, end=parser.previous.end)


def sort_rows(context: PipelineContext, rows: Rows, scope: Scope, sort_keys: list[SortKey], count: int | None) -> Rows:
    """The rows sorted by the keys; the first `count` of them, or all for None."""
    rows_scope = scope.with_rows(rows)
    key_values: list[BoundExpression] = []
    for sort_key in sort_keys:
        value = context.bind_expression(sort_key.value, rows_scope)
        if value.type == "dynamic":
            message = "rows cannot be sorted by a dynamic"
            context.report("KQL109", message, sort_key.value.span, hint="cast it, as tostring()")
        key_values.append(value)
    columns = list(rows.columns.values())
    arguments = [*key_values, *(column.as_expression(column.span) for column in columns)]
    orders = [
        (sort_key.descending, sort_key.nulls_first, value.type)
        for sort_key, value in zip(sort_keys, key_values, strict=True)
    ]
    sort_tuples = partial(_sort_tuples, orders=orders, count=count)
    return rows.with_steps(rows.columns, Barrier(sort_tuples, arguments, [column.variable for column in columns]))


def _sort_tuples(
    rows: Iterable[tuple[Value, ...]], context: object, *, orders: list[tuple[bool, bool, str]], count: int | None
) -> Iterator[tuple[Value, ...]]:  # fmt: skip
    """The tuples without their keys, sorted; each of `orders` is (descending, nulls first, type) of one key."""
    del context
    ordered = list(rows)
    # By the last key first: each sort is stable, so that the order of the later keys stays among equal rows.
    for index in range(len(orders) - 1, -1, -1):
        descending, nulls_first, type_name = orders[index]
        ordered.sort(key=_sort_key_of(index, descending, nulls_first, type_name), reverse=descending)
    width = len(orders)
    for row in ordered if count is None else ordered[:count]:
        yield row[width:]


def _sort_key_of(index: int, descending: bool, nulls_first: bool, type_name: str) -> Callable[[tuple[Value, ...]], Any]:
    """A function from a tuple to a Python sort key of its value at `index`, with nulls before or after all values."""
    null_rank = 0 if nulls_first != descending else 2

    def sort_key(row: tuple[Value, ...]) -> Any:
        value = row[index]
        # An empty string is Kusto's null string.
        if value is None or (type_name == "string" and value == ""):
            return (null_rank, 0)
        if type_name in ("dynamic", "guid"):
            return (1, order_key(value))
        return (1, value) if value == value else (0 if null_rank == 0 else 1, -float("inf"))  # noqa: PLR0124 - NaN

    return sort_key


SORT = OperatorSpec("sort", Sort, parse=_parse, bind=_bind, aliases=("order",))
