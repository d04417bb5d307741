"""`count`: the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.bound_expression import BoundColumn
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import Barrier, Rows
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser
from provisioner.kql.values import Value


class Count(tree.Operator):
    """`count`."""


def _parse(parser: PipelineParser) -> Count:  # noqa: ARG001 - nothing follows the word
    """Nothing but the word."""
    return Count()


def _bind(context: PipelineContext, node: Count, rows: Rows, scope: Scope) -> Rows:  # noqa: ARG001
    """One row with one column, `Count`."""
    variable = context.new_variable()
    column = BoundColumn("Count", "long", variable, nullable=False, span=node.span)
    return rows.with_steps({"Count": column}, Barrier(_count_rows, [], [variable]))


def _count_rows(rows: Iterable[tuple[Value, ...]], context: object) -> Iterator[tuple[int]]:  # noqa: ARG001
    yield (sum(1 for _ in rows),)


COUNT = OperatorSpec("count", Count, parse=_parse, bind=_bind)
