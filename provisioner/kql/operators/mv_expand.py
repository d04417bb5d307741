"""`mv-expand`: a row for each member of an array or a bag."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from itertools import zip_longest
from uuid import UUID

from provisioner.kql import values
from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.column_items import definition_span
from provisioner.kql.binding.derived_names import derived_name
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.bound_expression import BoundColumn, BoundExpression
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import FlatMapRows, Rows
from provisioner.kql.operators.take import constant_row_count
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser
from provisioner.kql.values import Value
from provisioner.kql.vocabulary.scalar_types import UNKNOWN
from provisioner.suggest import free_names, numbered_names, unused_name


class MvExpand(tree.Operator):
    """`mv-expand kind=array with_itemindex=i name = array to typeof(long), … limit 10`."""

    kind: str
    index: str
    items: list[tree.ColumnItem]
    types: list[str]
    limit: tree.Expression | None


def _parse(parser: PipelineParser) -> MvExpand:
    """Options, arrays with their types, and a limit."""
    options = {"kind": "", "bagexpansion": "", "with_itemindex": ""}
    while parser.token.text in options and parser.peek().text == "=":
        name = parser.advance().text
        parser.advance()
        options[name] = parser.expect_name("a word")[0]
    items, types = [], []
    while True:
        items.append(parser.parse_item())
        types.append(_parse_type(parser))
        if not parser.accept(","):
            break
    limit = parser.parse_expression() if parser.accept("limit") else None
    # Kusto renamed `bagexpansion` to `kind`; both are still written.
    return MvExpand(options["kind"] or options["bagexpansion"], options["with_itemindex"], items, types, limit)


def _bind(context: PipelineContext, node: MvExpand, rows: Rows, scope: Scope) -> Rows:
    """The expanded columns hold one member each; the others are repeated."""
    columns = dict(rows.columns)
    variables: list[str] = []
    arguments: list[BoundExpression] = []
    for item, type_name in zip(node.items, node.types, strict=True):
        value = context.bind_expression(item.value, scope.with_rows(rows))
        if value.type not in ("dynamic", UNKNOWN):
            message = f"mv-expand takes a dynamic, this is {value.type}"
            context.report("KQL106", message, item.value.span, hint="wrap it in parse_json()")
        variable = context.new_variable()
        name = item.names[0] if item.names else derived_name(item.value)
        name = name or next(free_names(numbered_names("Column"), columns))
        columns[name] = BoundColumn(
            name,
            type_name,
            variable,
            value.reads,
            value.volatile,
            definition_span(item),
            needs_json_encoding=value.needs_json_encoding,
        )
        context.column_defined(name, definition_span(item), columns[name].as_expression(item.value.span))
        variables.append(variable)
        arguments.append(value)
    if node.index:
        variable = context.new_variable()
        name = unused_name(node.index, columns)
        columns[name] = BoundColumn(name, "long", variable, nullable=False, span=node.span)
        variables.append(variable)
    # A limit counts the rows that one row becomes, not those of the result.
    limit = constant_row_count(context, node.limit, scope) if node.limit is not None else None
    expand = partial(
        _expand_members, types=node.types, as_arrays=node.kind == "array", indexed=bool(node.index), limit=limit
    )
    return rows.with_steps(columns, FlatMapRows(variables, expand, arguments))


def _parse_type(parser: PipelineParser) -> str:
    if not parser.accept("to"):
        return "dynamic"
    parser.expect("typeof")
    parser.expect("(")
    type_name = parser.parse_type()
    parser.expect(")")
    return type_name


def _expand_members(
    *arguments: Value, types: Sequence[str], as_arrays: bool, indexed: bool, limit: int | None
) -> Iterator[Value | list[Value]]:
    """The values of the expanded columns for each row that one row becomes; a single value where there is one."""
    # Several arrays expand side by side, and the shorter ones end in nulls.
    members = [_members_of(argument, as_arrays=as_arrays)[:limit] for argument in arguments]
    for index, row in enumerate(zip_longest(*members)):
        parts = [_convert_member(member, type_name) for member, type_name in zip(row, types, strict=True)]
        if indexed:
            parts.append(index)
        yield parts[0] if len(parts) == 1 else parts


def _members_of(value: Value, *, as_arrays: bool) -> list[Value]:
    """The members of an array or a bag, which are arrays of key and value or bags of one key; or the value alone."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return [[key, member] if as_arrays else {key: member} for key, member in value.items()]
    return [value]


def _convert_member(member: Value, type_name: str) -> Value:
    """The member as a value of the type; null where it does not fit."""
    if type_name == "dynamic":
        return member
    if type_name == "string":
        return values.dynamic_to_text(member)
    if type(member) in _CONVERTIBLE_TYPES.get(type_name, ()):
        return values.convert(member, "dynamic", type_name)
    return None


_NUMBERS = (int, float, Decimal)
# Measured at the engine: `to typeof()` converts less than the `to…` functions. Numbers come from numbers alone, a bool
# from a whole number too, a datetime or a guid from text that is one.
_CONVERTIBLE_TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool, int),
    "int": _NUMBERS,
    "long": _NUMBERS,
    "real": _NUMBERS,
    "decimal": (Decimal,),
    "datetime": (str, values.DynamicDatetime),
    "timespan": (values.DynamicTimespan,),
    "guid": (str, UUID),
}


MV_EXPAND = OperatorSpec("mv-expand", MvExpand, parse=_parse, bind=_bind, aliases=("mvexpand",))
