"""`project`: exactly the columns named, computed or taken over."""

from __future__ import annotations

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.column_items import assign_column, definition_span, name_columns, repair_assignments
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.bound_expression import BoundColumn
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import Rows, Step
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser


class Project(tree.Operator):
    """`project name = expression, …`."""

    items: list[tree.ColumnItem]


def _parse(parser: PipelineParser) -> Project:
    """`project items`; without items, rows without columns."""
    return Project([] if parser.at("|") or parser.token.kind == "end" else parser.parse_items())


def _bind(context: PipelineContext, node: Project, rows: Rows, scope: Scope) -> Rows:
    """The named columns in the order in which they are written."""
    columns: dict[str, BoundColumn] = {}
    steps: list[Step] = []
    rows_scope = scope.with_rows(rows)
    items = repair_assignments(context, node.items, rows_scope)
    for name, item in name_columns(context, items, existing=None):
        value = context.bind_expression(item.value, rows_scope)
        columns[name], assignments = assign_column(context, name, value, definition_span(item))
        steps.extend(assignments)
    projected = rows.with_steps(columns, *steps)
    # Behind a `project` all columns are named, also where an operator before it could not be read.
    projected.columns_unknown = False
    return projected


PROJECT = OperatorSpec("project", Project, parse=_parse, bind=_bind)
