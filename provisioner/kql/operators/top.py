"""`top`: the first rows in order of some keys."""

from __future__ import annotations

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import Rows
from provisioner.kql.operators.sort import SortKey, parse_sort_keys, sort_rows
from provisioner.kql.operators.take import constant_row_count
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser


class Top(tree.Operator):
    """`top 5 by a desc`."""

    count: tree.Expression
    keys: list[SortKey]


def _parse(parser: PipelineParser) -> Top:
    """`top number by` keys."""
    count = parser.parse_expression()
    parser.expect("by")
    return Top(count, parse_sort_keys(parser))


def _bind(context: PipelineContext, node: Top, rows: Rows, scope: Scope) -> Rows:
    """The same columns; the first of the sorted rows."""
    # Sorted whole: a heap would need one key for all of them, and each has its own direction and place of nulls.
    return sort_rows(context, rows, scope, node.keys, constant_row_count(context, node.count, scope))


TOP = OperatorSpec("top", Top, parse=_parse, bind=_bind)
