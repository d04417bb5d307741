"""`project-keep`: only the named columns, in the order in which they stood."""

from __future__ import annotations

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import Rows
from provisioner.kql.operators.column_patterns import match_columns, parse_column_patterns
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser


class ProjectKeep(tree.Operator):
    """`project-keep name, pattern*`."""

    names: list[tree.Name]


def _parse(parser: PipelineParser) -> ProjectKeep:
    """`project-keep names`."""
    return ProjectKeep(parse_column_patterns(parser))


def _bind(context: PipelineContext, node: ProjectKeep, rows: Rows, scope: Scope) -> Rows:  # noqa: ARG001
    """The columns that match one of the names, in the order of the rows."""
    matched = set(match_columns(context, node.names, rows))
    return rows.with_steps({name: column for name, column in rows.columns.items() if name in matched})


PROJECT_KEEP = OperatorSpec("project-keep", ProjectKeep, parse=_parse, bind=_bind)
