"""`extend`: columns computed and added, or put in the place of those of the same name."""

from __future__ import annotations

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.column_items import assign_column, definition_span, name_columns, repair_assignments
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import Rows, Step
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser


class Extend(tree.Operator):
    """`extend name = expression, …`."""

    items: list[tree.ColumnItem]


def _parse(parser: PipelineParser) -> Extend:
    """`extend items`."""
    return Extend(parser.parse_items())


def _bind(context: PipelineContext, node: Extend, rows: Rows, scope: Scope) -> Rows:
    """All columns and the new ones; every expression sees the columns as they were before."""
    columns = dict(rows.columns)
    steps: list[Step] = []
    rows_scope = scope.with_rows(rows)
    items = repair_assignments(context, node.items, rows_scope)
    for name, item in name_columns(context, items, existing=rows.columns):
        # Bound in the scope of the rows before: an item does not see the columns of the items before it.
        value = context.bind_expression(item.value, rows_scope)
        columns[name], assignments = assign_column(context, name, value, definition_span(item))
        steps.extend(assignments)
    return rows.with_steps(columns, *steps)


EXTEND = OperatorSpec("extend", Extend, parse=_parse, bind=_bind)
