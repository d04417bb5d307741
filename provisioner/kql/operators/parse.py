"""`parse`: columns extracted from a text by a pattern of constants and captures."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.diagnostics import Edit, Fix, Span
from provisioner.kql import values
from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.implicit_casts import cast_expression
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.bound_expression import BoundColumn, BoundExpression, Variable
from provisioner.kql.ir.composed_expressions import NullAwareTemplate, NullPropagatingTemplate
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import AssignVariable, Rows, Step
from provisioner.kql.operators.parse_pattern import (
    REGEX_TYPE_PATTERNS,
    Capture,
    Matcher,
    PatternPiece,
    Wildcard,
    build_matcher,
)
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.lexer import unquote_string
from provisioner.kql.syntax.pipeline_parser import PipelineParser
from provisioner.kql.vocabulary import dialects

_REGEX_FLAGS = frozenset("imsU")


class Parse(tree.Operator):
    """`parse kind=regex flags=i text with * "constant" capture: type …`."""

    kind: str
    flags: str
    text: tree.Expression
    pieces: list[PatternPiece]


def parse_operands(parser: PipelineParser) -> tuple[str, str, tree.Expression, list[PatternPiece]]:
    """The kind, the flags, the text and the pattern behind `with`: the fields of the node."""
    kind = _parse_option(parser, "kind", "simple")
    if kind not in ("simple", "regex", "relaxed"):
        raise parser.syntax_error(f"{kind!r} is no kind of parse", "it is simple, regex or relaxed")
    flags = _parse_option(parser, "flags", "")
    text = parser.parse_expression()
    parser.expect("with")
    return kind, flags, text, _parse_pieces(parser)


def _parse(parser: PipelineParser) -> Parse:
    return Parse(*parse_operands(parser))


def _bind(context: PipelineContext, node: Parse, rows: Rows, scope: Scope) -> Rows:
    """All columns, and one for each capture; a text that does not match leaves them null."""
    text = cast_expression(context.bind_expression(node.text, scope.with_rows(rows)), "string")
    captures = [piece for piece in node.pieces if isinstance(piece, Capture)]
    check_pattern(context, node, captures)
    match = matcher_of(context, node)
    if match is None:
        return _assume_columns(rows, captures)
    return extract_columns(
        context, rows, text, match, [(capture.name, capture.type, capture.span) for capture in captures]
    )


def check_pattern(context: PipelineContext, node: Parse, captures: Sequence[Capture]) -> None:
    """Report too many captures, unknown flags, and a string capture that nothing ends."""
    limit = dialects.language_limit("parse_columns")
    if context.dialect == "transform" and len(captures) > limit:
        message = f"this parse extracts {len(captures)} columns; Azure documents {limit} as the most in one parse"
        context.report(
            "KQL204",
            message,
            captures[limit].span,
            severity="warning",
            hint="continue with a second `parse`",
            source=dialects.source_address("list"),
        )
    if context.dialect == "transform" and node.kind == "regex" and not _takes_the_rest(node.pieces[-1]):
        _warn_about_whole_text(context, node)
    unknown_flags = set(node.flags) - _REGEX_FLAGS
    if unknown_flags:
        message = f"unknown flags {''.join(sorted(unknown_flags))!r}"
        context.report("KQL007", message, node.span, hint="they are i, m, s and U")
    for piece, next_piece in zip(node.pieces, node.pieces[1:], strict=False):
        # A number ends where its digits do; a string ends at a constant or at the end of the text alone.
        if isinstance(piece, Capture) and piece.type == "string" and isinstance(next_piece, (Wildcard, Capture)):
            message = f"nothing says where {piece.name!r} ends"
            context.report("KQL001", message, piece.span, hint="put a constant behind a string")


def _takes_the_rest(piece: PatternPiece) -> bool:
    """Whether the last piece of a pattern of kind `regex` matches to the end of a text, or says that it ends there."""
    if isinstance(piece, str):
        return piece.endswith((".*", ".*?", "$", r"\z"))
    return isinstance(piece, Wildcard) or piece.type not in REGEX_TYPE_PATTERNS


def _warn_about_whole_text(context: PipelineContext, node: Parse) -> None:
    evidence = dialects.behaviour_evidence("parse kind=regex")[0]
    message = "in a transformation a pattern of kind=regex must match the whole text, else nothing is filled"
    hint = "end it in `*`, and begin it with `*` where text may stand before"
    fix = Fix("end it in *", (Edit(Span(node.end, node.end), " *"),))
    span = Span(node.start, node.end)
    context.report("KQL209", message, span, severity="warning", hint=hint, fix=fix, source=evidence.source)


def matcher_of(context: PipelineContext, node: Parse, *, required: bool = False) -> Matcher | None:
    """The function that matches a text; None for a pattern that is no regular expression, which is reported."""
    try:
        whole_text = context.dialect == "transform"
        return build_matcher(node.kind, node.flags, node.pieces, required=required, whole_text=whole_text)
    except values.BadRegex as error:
        context.report_bad_regex(error, node.span)
        return None


def extract_columns(
    context: PipelineContext,
    rows: Rows,
    text: BoundExpression,
    match: Matcher,
    captured: Sequence[tuple[str, str, Span]],
    *,
    filters: Sequence[Step] = (),
    variable: str | None = None,
) -> Rows:
    """The rows with a column for each part that `match` gives for the text.

    `captured`: the name, type and span of each part. `filters`: steps between the match and the columns, which may
    read the parts from `variable`.
    """
    columns = dict(rows.columns)
    # The text is matched once a row; the columns are items of the tuple in this variable.
    parts_variable = variable or context.new_variable("p")
    match_call = NullPropagatingTemplate(
        "parts", "{match}({0})", [text], helpers={"match": match}, nullable=False, span=text.span
    )
    steps: list[Step] = [AssignVariable(parts_variable, match_call), *filters]
    parts = Variable("parts", parts_variable, nullable=False, reads=text.reads, volatile=text.volatile, span=text.span)
    defined: set[str] = set()
    for index, (name, type_name, span) in enumerate(captured):
        if name in defined:
            context.report("KQL104", f"the column {name!r} is made twice", span, hint="give one another name")
        defined.add(name)
        column_variable = context.new_variable()
        value = NullAwareTemplate(type_name, f"{{0}}[{index}]", [parts], nullable=True, span=span)
        steps.append(AssignVariable(column_variable, value))
        columns[name] = BoundColumn(name, type_name, column_variable, value.reads, value.volatile, span)
        context.column_defined(name, span, value)
    return rows.with_steps(columns, *steps)


def _assume_columns(rows: Rows, captures: Sequence[Capture]) -> Rows:
    """The columns without values, for a pattern that was reported: later operators may still be checked by them."""
    columns = {
        capture.name: BoundColumn(capture.name, capture.type, "(None)", span=capture.span) for capture in captures
    }
    return rows.with_steps({**rows.columns, **columns})


def _parse_option(parser: PipelineParser, name: str, default: str) -> str:
    """The value of `name=value`, which is one token or a string; the default where another token follows."""
    if not (parser.at(name) and parser.peek().text == "="):
        return default
    parser.advance()
    parser.advance()
    token = parser.advance()
    return unquote_string(token.text) if token.kind == "string" else token.text


def _parse_pieces(parser: PipelineParser) -> list[PatternPiece]:
    pieces: list[PatternPiece] = []
    while parser.token.kind != "end" and parser.token.text not in ("|", ";", ")", "}"):
        token = parser.token
        if parser.accept("*"):
            pieces.append(Wildcard())
        elif token.kind == "string":
            parser.advance()
            constant = unquote_string(token.text)
            # Adjacent string literals are one, as the matcher takes a capture between two constants only.
            if pieces and isinstance(pieces[-1], str):
                constant = f"{pieces.pop()}{constant}"
            pieces.append(constant)
        else:
            name, span = parser.expect_name("a column name")
            type_name = parser.parse_type() if parser.accept(":") else "string"
            pieces.append(Capture(name, type_name, Span(span.start, parser.previous.end)))
    if not any(isinstance(piece, Capture) for piece in pieces):
        raise parser.syntax_error("the pattern captures nothing", 'write `with "constant" Column`')
    return pieces


PARSE = OperatorSpec("parse", Parse, parse=_parse, bind=_bind)
