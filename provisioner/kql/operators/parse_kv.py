"""`parse-kv`: columns from the keys of a text of pairs."""

from __future__ import annotations

from provisioner.kql import values
from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.implicit_casts import cast_expression
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import Rows
from provisioner.kql.operators.key_value_format import KeyValueFormat
from provisioner.kql.operators.parse import extract_columns
from provisioner.kql.operators.parse_pattern import Capture
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.lexer import unquote_string
from provisioner.kql.syntax.pipeline_parser import PipelineParser

_OPTIONS = ("pair_delimiter", "kv_delimiter", "quote", "escape", "regex", "greedy")


class ParseKv(tree.Operator):
    """`parse-kv text as (key: type, …) with (pair_delimiter=",", …)`."""

    text: tree.Expression
    keys: list[Capture]
    options: dict[str, list[str]]


def _parse(parser: PipelineParser) -> ParseKv:
    """The text, the keys behind `as`, the options behind `with`."""
    text = parser.parse_expression()
    parser.expect("as")
    parser.expect("(")
    keys = [_parse_key(parser)]
    while parser.accept(","):
        keys.append(_parse_key(parser))
    parser.expect(")")
    options: dict[str, list[str]] = {}
    if parser.accept("with"):
        parser.expect("(")
        while not parser.at(")"):
            name, value = _parse_option(parser)
            # `quote` and `escape` may be said several times.
            options.setdefault(name, []).append(value)
            if not parser.accept(","):
                break
        parser.expect(")")
    return ParseKv(text, keys, options)


def _bind(context: PipelineContext, node: ParseKv, rows: Rows, scope: Scope) -> Rows:
    """All columns, and one for each key; null where the text does not have it."""
    text = cast_expression(context.bind_expression(node.text, scope.with_rows(rows)), "string")
    types = {key.name: key.type for key in node.keys}
    try:
        key_value_format = KeyValueFormat.from_options(node.options)
    except values.BadRegex as error:
        context.report_bad_regex(error, node.span)
        return rows

    # The values in the order of the keys, as a pattern of `parse` gives them: both share `extract_columns`.
    def match(row_text: str) -> tuple[values.Value, ...]:
        values_by_key = key_value_format.extract_values(row_text, types.keys())
        return tuple(values.convert(values_by_key.get(key.name, ""), "string", key.type) for key in node.keys)

    return extract_columns(context, rows, text, match, [(key.name, key.type, key.span) for key in node.keys])


def _parse_key(parser: PipelineParser) -> Capture:
    name, span = parser.expect_name("a key")
    parser.expect(":")
    return Capture(name, parser.parse_type(), span)


def _parse_option(parser: PipelineParser) -> tuple[str, str]:
    name, _ = parser.expect_name("an option")
    if name not in _OPTIONS:
        raise parser.syntax_error(f"{name!r} is no option of parse-kv", f"the options are {', '.join(_OPTIONS)}")
    parser.expect("=")
    token = parser.advance()
    return name, unquote_string(token.text) if token.kind == "string" else token.text


PARSE_KV = OperatorSpec("parse-kv", ParseKv, parse=_parse, bind=_bind)
