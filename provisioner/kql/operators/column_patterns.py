"""Column names with `*` for any text, as `project-away`, `project-keep` and `project-reorder` take them."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.kql.binding.bind_context import BindContext
from provisioner.kql.ir.row_steps import Rows
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser
from provisioner.suggest import did_you_mean


def match_columns(context: BindContext, patterns: Sequence[tree.Name], rows: Rows) -> list[str]:
    """The columns that match the names and patterns such as `Log*`, in the order of the patterns."""
    matched: list[str] = []
    for pattern in patterns:
        name = pattern.name
        if "*" in name:
            matching = [column for column in rows.columns if _matches_wildcards(name, column)]
        else:
            matching = [name] if name in rows.columns else []
            # A pattern may match nothing, a name may not.
            if not matching and not rows.columns_unknown:
                hint = did_you_mean(name, rows.columns)
                context.report("KQL101", f"{name!r} is not a column here", pattern.span, hint=hint)
        matched.extend(column for column in matching if column not in matched)
    return matched


def _matches_wildcards(pattern: str, name: str) -> bool:
    """Whether a name consists of the pattern's pieces in their order, with any text in place of each `*`."""
    # The first occurrence of each piece is as good as any other: no backtracking, which many `*` would make endless.
    first, *middle, last = pattern.split("*")
    if not name.startswith(first) or not name.endswith(last) or len(name) < len(first) + len(last):
        return False
    position, end = len(first), len(name) - len(last)
    for piece in middle:
        start = name.find(piece, position, end)
        if start < 0:
            return False
        position = start + len(piece)
    return True


def parse_column_patterns(parser: PipelineParser) -> list[tree.Name]:
    """Column names and patterns between commas."""
    patterns = [parse_column_pattern(parser)]
    while parser.accept(","):
        patterns.append(parse_column_pattern(parser))
    return patterns


def parse_column_pattern(parser: PipelineParser) -> tree.Name:
    """One column name or pattern."""
    first = parser.token
    quoted = parser.accept_quoted_name()
    if quoted is not None:
        return tree.Name(quoted, quoted=True, start=first.start, end=parser.previous.end)
    if not (first.kind == "name" or first.text == "*"):
        raise parser.syntax_error(f"a column name is missing before {parser.describe_token()}")
    text, end = "", first.start
    # Tokens that touch are one pattern: the lexer reads `Log*Id` as three.
    while (parser.token.kind == "name" or parser.token.text == "*") and parser.token.start == end:
        text += parser.token.text
        end = parser.advance().end
    return tree.Name(text, start=first.start, end=end)
