"""`take`: at most a constant number of rows."""

from __future__ import annotations

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.bound_expression import Constant
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import LimitRows, Rows
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser


class Take(tree.Operator):
    """`take 10`."""

    count: tree.Expression


def _parse(parser: PipelineParser) -> Take:
    """`take number`."""
    return Take(parser.parse_expression())


def _bind(context: PipelineContext, node: Take, rows: Rows, scope: Scope) -> Rows:
    """The same columns; the first rows as they come."""
    return rows.with_steps(rows.columns, LimitRows(constant_row_count(context, node.count, scope)))


def constant_row_count(context: PipelineContext, node: tree.Expression, scope: Scope) -> int:
    """The constant number of rows that an operator has as an argument; KQL110 and 0 where it is none."""
    bound = context.fold_constant(context.bind_expression(node, scope))
    if isinstance(bound, Constant) and bound.type in ("int", "long") and bound.value is not None and bound.value >= 0:
        return int(bound.value)
    if bound.type != "unknown":
        context.report("KQL110", "this must be a constant whole number", node.span)
    return 0


TAKE = OperatorSpec("take", Take, parse=_parse, bind=_bind, aliases=("limit",))
