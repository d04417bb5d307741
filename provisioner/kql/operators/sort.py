"""`sort`: the rows in order of some keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from provisioner.kql.ir.scope import Barrier
from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.syntax import tree
from provisioner.kql.values import order_key

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.bound_expression import Bound
    from provisioner.kql.ir.scope import Rows, Scope
    from provisioner.kql.syntax.query_parser import Parser


class Key(tree.Node):
    """One key: an expression, whether it falls, and whether nulls come first."""

    value: tree.Expression
    descending: bool
    nulls_first: bool


@operator("sort", "order")
class Sort(tree.Operator):
    """`sort by a desc, b asc nulls last`."""

    keys: list[Key]

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """`sort by` with keys."""
        parser.expect("by")
        return cls(keys(parser))

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:
        """The same columns in order; equal rows keep theirs."""
        return arrange(binder, rows, scope, self.keys, None)


def keys(parser: Parser) -> list[Key]:
    """Keys between commas; without a word they fall."""
    found = [_key(parser)]
    while parser.accept(","):
        found.append(_key(parser))
    return found


def _key(parser: Parser) -> Key:
    value = parser.item().value
    descending = not parser.accept("asc") and (parser.accept("desc") or True)
    nulls_first = not descending
    if parser.accept("nulls"):
        nulls_first = parser.accept("first") or (parser.expect("last") is None)
    return Key(value, descending, nulls_first, start=value.start, end=parser.previous.end)


def arrange(binder: Binder, rows: Rows, scope: Scope, order: list[Key], count: int | None) -> Rows:
    """The rows sorted by the keys; only the first `count` where that is given."""
    inside = scope.over(rows)
    values: list[Bound] = []
    for key in order:
        bound = binder.expression(key.value, inside)
        if bound.type == "dynamic":
            binder.report("KQL109", "rows cannot be sorted by a dynamic", key.value.span, hint="cast it, as tostring()")
        values.append(bound)
    columns = list(rows.columns.values())
    arguments = [*values, *(column.bound(column.span) for column in columns)]
    flags = [(key.descending, key.nulls_first, bound.type) for key, bound in zip(order, values, strict=True)]
    function = partial(_arrange, flags=flags, count=count)
    return rows.then(rows.columns, Barrier(function, arguments, [column.variable for column in columns]))


def _arrange(
    rows: Iterable[tuple[Any, ...]], context: Any, *, flags: list[tuple[bool, bool, str]], count: int | None
) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    del context
    ordered = list(rows)
    for place in range(len(flags) - 1, -1, -1):
        descending, nulls_first, kind = flags[place]
        ordered.sort(key=_by(place, descending, nulls_first, kind), reverse=descending)
    width = len(flags)
    for row in ordered if count is None else ordered[:count]:
        yield row[width:]


def _by(place: int, descending: bool, nulls_first: bool, kind: str) -> Callable[[tuple[Any, ...]], Any]:
    null_rank = 0 if nulls_first != descending else 2

    def key(row: tuple[Any, ...]) -> Any:
        value = row[place]
        if value is None or (kind == "string" and value == ""):
            return (null_rank, 0)
        if kind in ("dynamic", "guid"):
            return (1, order_key(value))
        return (1, value) if value == value else (0 if null_rank == 0 else 1, -float("inf"))  # noqa: PLR0124 - NaN

    return key
