"""`project-away`: all columns but the named ones."""

from __future__ import annotations

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import Rows
from provisioner.kql.operators.column_patterns import match_columns, parse_column_patterns
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser


class ProjectAway(tree.Operator):
    """`project-away name, pattern*`."""

    names: list[tree.Name]


def _parse(parser: PipelineParser) -> ProjectAway:
    """`project-away names`."""
    return ProjectAway(parse_column_patterns(parser))


def _bind(context: PipelineContext, node: ProjectAway, rows: Rows, scope: Scope) -> Rows:  # noqa: ARG001
    """The columns that match none of the names, in their order."""
    removed = set(match_columns(context, node.names, rows))
    return rows.with_steps({name: column for name, column in rows.columns.items() if name not in removed})


PROJECT_AWAY = OperatorSpec("project-away", ProjectAway, parse=_parse, bind=_bind)
