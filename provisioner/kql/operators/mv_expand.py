"""`mv-expand`: a row for each member of an array or a bag."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from provisioner.kql import values
from provisioner.kql.binding.column_items import target
from provisioner.kql.binding.derived_names import derived, unused
from provisioner.kql.ir.bound_expression import Column
from provisioner.kql.ir.scope import Unfold
from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.operators.take import whole_number
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary.scalar_types import UNKNOWN

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.bound_expression import Bound
    from provisioner.kql.ir.scope import Rows, Scope
    from provisioner.kql.syntax.query_parser import Parser


@operator("mv-expand", "mvexpand")
class MvExpand(tree.Operator):
    """`mv-expand kind=array with_itemindex=i name = array to typeof(long), … limit 10`."""

    kind: str
    index: str
    items: list[tree.Item]
    types: list[str]
    limit: tree.Expression | None

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Options, arrays with their types, and a limit."""
        options = {"kind": "", "bagexpansion": "", "with_itemindex": ""}
        while parser.token.text in options and parser.peek().text == "=":
            name = parser.advance().text
            parser.advance()
            options[name] = parser.expect_name("a word")[0]
        items, types = [], []
        while True:
            items.append(parser.item())
            types.append(_type(parser))
            if not parser.accept(","):
                break
        limit = parser.expression() if parser.accept("limit") else None
        return cls(options["kind"] or options["bagexpansion"], options["with_itemindex"], items, types, limit)

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:
        """The expanded columns hold one member each; the others are repeated."""
        columns = dict(rows.columns)
        variables: list[str] = []
        arguments: list[Bound] = []
        for item, kind in zip(self.items, self.types, strict=True):
            value = binder.expression(item.value, scope.over(rows))
            if value.type not in ("dynamic", UNKNOWN):
                message = f"mv-expand takes a dynamic, this is {value.type}"
                binder.report("KQL106", message, item.value.span, hint="wrap it in parse_json()")
            word = binder.variable()
            name = item.names[0] if item.names else derived(item.value) or unused("Column1", columns)
            columns[name] = Column(name, kind, word, value.reads, value.volatile, target(item), wrapped=value.wrapped)
            binder.made(name, target(item), columns[name].bound(item.value.span))
            variables.append(word)
            arguments.append(value)
        if self.index:
            word = binder.variable()
            name = unused(self.index, columns)
            columns[name] = Column(name, "long", word, nullable=False, span=self.span)
            variables.append(word)
        limit = whole_number(binder, self.limit, scope) if self.limit is not None else None
        function = partial(
            _expand, types=self.types, arrays=self.kind == "array", numbered=bool(self.index), limit=limit
        )  # fmt: skip
        return rows.then(columns, Unfold(variables, function, arguments))


def _type(parser: Parser) -> str:
    if not parser.accept("to"):
        return "dynamic"
    parser.expect("typeof")
    parser.expect("(")
    kind = parser.type_word()
    parser.expect(")")
    return kind


def _expand(*arguments: Any, types: Sequence[str], arrays: bool, numbered: bool, limit: int | None) -> Iterator[Any]:
    members = [_members(argument, arrays=arrays)[:limit] for argument in arguments]
    for number, row in enumerate(zip_longest(*members)):
        parts = [_typed(member, kind) for member, kind in zip(row, types, strict=True)]
        if numbered:
            parts.append(number)
        yield parts[0] if len(parts) == 1 else parts


def _members(value: Any, *, arrays: bool) -> list[Any]:
    """What an array, a bag or a single value unfolds into; null gives one null."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return [[key, member] if arrays else {key: member} for key, member in value.items()]
    return [value]


def _typed(member: Any, kind: str) -> Any:
    """The member as a value of the type, as measured at the engine.

    Numbers are made of numbers alone, a bool of a whole number too, a datetime or guid of text that is one.
    """
    if kind == "dynamic":
        return member
    if kind == "string":
        return values.text_of_dynamic(member)
    return values.convert(member, "dynamic", kind) if type(member) in _SOURCES.get(kind, ()) else None


_NUMBERS = (int, float, Decimal)
_SOURCES: dict[str, tuple[type, ...]] = {
    "bool": (bool, int),
    "int": _NUMBERS,
    "long": _NUMBERS,
    "real": _NUMBERS,
    "decimal": (Decimal,),
    "datetime": (str, values.Instant),
    "timespan": (values.Duration,),
    "guid": (str, UUID),
}
