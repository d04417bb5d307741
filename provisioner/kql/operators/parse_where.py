"""`parse-where`: as `parse`, but only the rows whose text matches."""

from __future__ import annotations

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.implicit_casts import cast_expression
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.bound_expression import Variable
from provisioner.kql.ir.composed_expressions import NullAwareTemplate
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import FilterRows, Rows
from provisioner.kql.operators.parse import Parse, check_pattern, extract_columns, matcher_of, parse_operands
from provisioner.kql.operators.parse_pattern import Capture
from provisioner.kql.syntax.pipeline_parser import PipelineParser


class ParseWhere(Parse):
    """`parse-where text with * "constant" capture: type …`."""


def _parse(parser: PipelineParser) -> ParseWhere:
    return ParseWhere(*parse_operands(parser))


def _bind(context: PipelineContext, node: ParseWhere, rows: Rows, scope: Scope) -> Rows:
    """All columns, and one for each capture."""
    text = cast_expression(context.bind_expression(node.text, scope.with_rows(rows)), "string")
    captures = [piece for piece in node.pieces if isinstance(piece, Capture)]
    check_pattern(context, node, captures)
    if node.kind == "relaxed":
        context.report("KQL001", "parse-where has no kind=relaxed", node.span, hint="use `parse` and a `where`")
    match = matcher_of(context, node, required=True)
    if match is None:
        return rows
    variable = context.new_variable("p")
    parts = Variable("parts", variable, nullable=False, reads=text.reads, span=text.span)
    # A required match gives an empty tuple for a text that does not match: the parts are their own condition.
    matched = FilterRows(NullAwareTemplate("bool", "{0}", [parts], nullable=False, span=node.span))
    captured = [(capture.name, capture.type, capture.span) for capture in captures]
    filtered = extract_columns(context, rows, text, match, captured, filters=[matched], variable=variable)
    filtered.filter_columns = rows.filter_columns | text.reads
    return filtered


PARSE_WHERE = OperatorSpec("parse-where", ParseWhere, parse=_parse, bind=_bind)
