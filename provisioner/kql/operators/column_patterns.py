"""Column names with `*` for any letters, as `project-away` and its like take them: read, and matched with columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary.suggestions import did_you_mean

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.scope import Rows
    from provisioner.kql.syntax.query_parser import Parser


def pick(binder: Binder, patterns: Sequence[tree.Name], rows: Rows) -> list[str]:
    """The columns that names and patterns such as `Log*` mean, in the order of the patterns."""
    found: list[str] = []
    for pattern in patterns:
        name = pattern.name
        if "*" in name:
            matching = [column for column in rows.columns if _like(name, column)]
        else:
            matching = [name] if name in rows.columns else []
            if not matching and not rows.open:
                hint = did_you_mean(name, rows.columns)
                binder.report("KQL101", f"{name!r} is not a column here", pattern.span, hint=hint)
        found.extend(column for column in matching if column not in found)
    return found


def _like(pattern: str, name: str) -> bool:
    """Whether a name is made of the pattern's pieces in their order; no pattern takes longer than its size deserves."""
    first, *middle, last = pattern.split("*")
    if not name.startswith(first) or not name.endswith(last) or len(name) < len(first) + len(last):
        return False
    place, end = len(first), len(name) - len(last)
    for piece in middle:
        found = name.find(piece, place, end)
        if found < 0:
            return False
        place = found + len(piece)
    return True


def patterns(parser: Parser) -> list[tree.Name]:
    """Column names between commas, in which `*` stands for any letters."""
    found = [pattern(parser)]
    while parser.accept(","):
        found.append(pattern(parser))
    return found


def pattern(parser: Parser) -> tree.Name:
    """One column name or pattern."""
    start = parser.token
    quoted = parser.quoted_name()
    if quoted is not None:
        return tree.Name(quoted, quoted=True, start=start.start, end=parser.previous.end)
    if not (start.kind == "name" or start.text == "*"):
        raise parser.stop(f"a column name is missing before {parser.found()}")
    text, end = "", start.start
    while (parser.token.kind == "name" or parser.token.text == "*") and parser.token.start == end:
        text += parser.token.text
        end = parser.advance().end
    return tree.Name(text, start=start.start, end=end)
