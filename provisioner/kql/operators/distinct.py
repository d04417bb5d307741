"""`distinct`: one row for each combination of the named columns."""

from __future__ import annotations

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.column_items import assign_column, definition_span, name_columns
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.bound_expression import BoundColumn
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import DistinctRows, Rows, Step
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser


class Distinct(tree.Operator):
    """`distinct *` or `distinct name, …`."""

    items: list[tree.ColumnItem]
    everything: bool


def _parse(parser: PipelineParser) -> Distinct:
    """`distinct *`, or items."""
    if parser.accept("*"):
        return Distinct([], everything=True)
    return Distinct(parser.parse_items(), everything=False)


def _bind(context: PipelineContext, node: Distinct, rows: Rows, scope: Scope) -> Rows:
    """The columns that make the key, and nothing else."""
    columns: dict[str, BoundColumn] = dict(rows.columns) if node.everything else {}
    steps: list[Step] = []
    rows_scope = scope.with_rows(rows)
    for name, item in name_columns(context, node.items, existing=None):
        value = context.bind_expression(item.value, rows_scope)
        columns[name], assignments = assign_column(context, name, value, definition_span(item))
        steps.extend(assignments)
    for column in columns.values():
        # As Kusto: dynamics have no equality that a key could be made of.
        if column.type == "dynamic":
            message = f"rows cannot be told apart by the dynamic {column.name!r}"
            context.report("KQL109", message, node.span, hint="cast it, as tostring()")
    keys = [column.as_expression(column.span) for column in columns.values()]
    return rows.with_steps(columns, *steps, DistinctRows(keys))


DISTINCT = OperatorSpec("distinct", Distinct, parse=_parse, bind=_bind)
