"""`where`: the rows for which a condition is true."""

from __future__ import annotations

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.bound_expression import BoundExpression, Constant, Variable
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import FilterRows, Rows
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser

_MONITORING_PAGE = "https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-monitor"


class Where(tree.Operator):
    """`where condition`."""

    condition: tree.Expression


def _parse(parser: PipelineParser) -> Where:
    """`where expression`."""
    return Where(parser.parse_expression())


def _bind(context: PipelineContext, node: Where, rows: Rows, scope: Scope) -> Rows:
    """The same columns; a row goes on when the condition is true, not when it is false or null."""
    condition = context.bind_condition(node.condition, scope.with_rows(rows))
    _check_condition(context, node, condition)
    filtered = rows.with_steps(rows.columns, FilterRows(condition))
    filtered.filter_columns = rows.filter_columns | condition.reads
    return filtered


def _check_condition(context: PipelineContext, node: Where, condition: BoundExpression) -> None:
    # Azure accepts such a transformation, and reports neither an error nor a dropped row.
    if context.dialect != "transform" or not _is_made_of_constants(condition):
        return
    folded = context.fold_constant(condition)
    if isinstance(folded, Constant) and folded.value is not True:
        message = "no row passes this condition: whatever is sent is dropped in silence"
        context.report("KQL206", message, node.condition.span, severity="warning", source=_MONITORING_PAGE)


def _is_made_of_constants(value: BoundExpression) -> bool:
    """Whether a value consists of constants alone."""
    if value.reads or value.volatile:
        return False
    # A stack, not a recursion: a chain of a thousand `or` leans to the left. A variable may read no column of the
    # source, as that of `range` does, and differs from row to row all the same.
    unchecked = [value]
    while unchecked:
        part = unchecked.pop()
        if isinstance(part, Variable):
            return False
        unchecked.extend(part.arguments)
    return True


WHERE = OperatorSpec("where", Where, parse=_parse, bind=_bind, aliases=("filter",))
