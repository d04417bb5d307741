"""`union`: the rows of several tables."""

from __future__ import annotations

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.binding.table_union import bind_union
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import Rows
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser


class Union(tree.Operator):
    """`| union A, (B | where x)`."""

    tables: tree.UnionSource


def _parse(parser: PipelineParser) -> Union:
    """Options, and tables or pipelines in parentheses between commas."""
    return Union(parser.parse_union())


def _bind(context: PipelineContext, node: Union, rows: Rows, scope: Scope) -> Rows:
    """The columns of all; a row has null where its table has no such column."""
    return bind_union(context, node.tables, scope, rows_before=rows)


UNION = OperatorSpec("union", Union, parse=_parse, bind=_bind)
