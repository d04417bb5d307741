"""`as`: a name for the rows; it changes nothing."""

from __future__ import annotations

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import Rows
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser


def _parse(parser: PipelineParser) -> tree.As:
    """The name."""
    return tree.As(parser.expect_name("a name")[0])


def _bind(context: PipelineContext, node: tree.As, rows: Rows, scope: Scope) -> Rows:  # noqa: ARG001
    """The same rows."""
    return rows


AS = OperatorSpec("as", tree.As, parse=_parse, bind=_bind)
