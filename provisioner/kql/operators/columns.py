"""What the operators that make, pick or order columns share."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import TYPE_CHECKING

from provisioner.kql import syntax as tree
from provisioner.kql.bound import Column
from provisioner.kql.naming import derived, unused
from provisioner.kql.scope import Assign, Rows
from provisioner.kql.suggest import did_you_mean

if TYPE_CHECKING:
    from provisioner.diagnostics import Span
    from provisioner.kql.binder import Binder
    from provisioner.kql.bound import Bound
    from provisioner.kql.parser import Parser


def name_items(
    binder: Binder, items: Sequence[tree.Item], existing: Container[str] | None
) -> Iterator[tuple[str, tree.Item]]:
    """Each item with its column's name: the author's, the one derived, or `Column1`, `Column2` and so on."""
    written = {name for item in items for name in item.names}
    taken: set[str] = set()
    claimed: set[str] = set()
    unnamed = 0
    for item in items:
        if len(item.names) > 1:
            binder.report("KQL112", "several names take a function that gives several values", target(item))
        name = item.names[0] if item.names else derived(item.value)
        plain = bool(item.names) or isinstance(item.value, tree.Name)
        if plain and name in claimed:
            binder.report("KQL104", f"the column {name!r} is made twice", target(item), hint="give one another name")
        if plain and name is not None:
            claimed.add(name)
        if not item.names and name is not None:
            name = unused(name, taken | written) if name in taken or name in written else name
        elif name is None:
            unnamed += 1
            while f"Column{unnamed}" in taken or (existing is not None and f"Column{unnamed}" in existing):
                unnamed += 1
            name = f"Column{unnamed}"
        assert name is not None
        taken.add(name)
        yield name, item


def target(item: tree.Item) -> Span:
    """Where an item says which column it makes."""
    return item.name_span or item.value.span


def assign(binder: Binder, name: str, value: Bound, span: Span) -> tuple[Column, list[Assign]]:
    """The column that holds a value, and the step that computes it; none where it only has a new name."""
    steps: list[Assign] = []
    value = binder.bearable(value)
    variable = value.value
    if value.kind != "variable":
        variable = binder.variable()
        steps.append(Assign(variable, value))
    made = Column(
        name, value.type, variable, value.reads, value.volatile, value.span, value.nullable, value.wrapped, value.weight
    )  # fmt: skip
    binder.made(name, span, value)
    return made, steps


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
