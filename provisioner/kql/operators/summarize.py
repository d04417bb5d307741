"""`summarize`: one row for each group, with what its rows come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from provisioner.kql import values
from provisioner.kql.binding.column_items import name_items, target
from provisioner.kql.binding.derived_names import derived, unused
from provisioner.kql.binding.implicit_casts import cast
from provisioner.kql.ir.bound_expression import Bound, Column, constant
from provisioner.kql.ir.scope import Assign, Barrier
from provisioner.kql.operators.aggregate_functions import AGGREGATES, Aggregate, pick, whole
from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary.scalar_types import UNKNOWN
from provisioner.kql.vocabulary.suggestions import did_you_mean

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.scope import Rows, Scope
    from provisioner.kql.syntax.query_parser import Parser

Values = list[tuple[Any, ...]]


@dataclass(slots=True)
class Reduction:
    """One aggregate call as bound: which values of a row it takes, which columns it gives, and how."""

    arguments: list[Bound]
    columns: list[Column]
    compute: Callable[[Values], Sequence[Any]]


@dataclass(slots=True)
class Draft:
    """What `summarize` has bound so far."""

    inside: Scope
    columns: dict[str, Column] = field(default_factory=dict)
    reductions: list[Reduction] = field(default_factory=list)
    outer: list[Assign] = field(default_factory=list)


@operator("summarize")
class Summarize(tree.Operator):
    """`summarize a = count(), max(x) by y, bin(t, 1h)`."""

    items: list[tree.Item]
    keys: list[tree.Item]

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Aggregates, and keys behind `by`."""
        while parser.at("hint"):
            parser.skip_to("=")
            parser.advance()
            parser.advance()
        items = [] if parser.at("by") else parser.items()
        keys = parser.items() if parser.accept("by") else []
        return cls(items, keys)

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:
        """The keys, then the aggregates."""
        inside = scope.over(rows)
        keys: list[Bound] = []
        draft = Draft(inside)
        for name, item in name_items(binder, self.keys, existing=None):
            bound = binder.expression(item.value, inside)
            if bound.type == "dynamic":
                binder.report(
                    "KQL109", "rows cannot be grouped by a dynamic", item.value.span, hint="cast it, as tostring()"
                )
            draft.columns[name] = _column(binder, name, bound.type, item, bound)
            keys.append(bound)
        key_columns = list(draft.columns.values())
        named = {item.value.name for item in self.keys if isinstance(item.value, tree.Name)}
        keyed = named | {key.name for key in key_columns}
        for item in self.items:
            _item(binder, draft, item, keyed)
        arguments = [*keys, *(argument for reduction in draft.reductions for argument in reduction.arguments)]
        made = [*key_columns, *(column for reduction in draft.reductions for column in reduction.columns)]
        plan = [(len(reduction.arguments), reduction.compute) for reduction in draft.reductions]
        function = partial(_group, width=len(keys), kinds=[key.type for key in keys], plan=plan)
        barrier = Barrier(function, arguments, [column.variable for column in made])
        return rows.then(draft.columns, barrier, *draft.outer)


def _column(binder: Binder, name: str, kind: str, item: tree.Item, source: Bound) -> Column:
    binder.made(name, target(item), source)
    return Column(
        name, kind, binder.variable(), source.reads, source.volatile, target(item), source.nullable, source.wrapped
    )  # fmt: skip


def _item(binder: Binder, draft: Draft, item: tree.Item, keys: set[str]) -> None:
    call = item.value
    if isinstance(call, tree.Call) and call.name in ("arg_max", "arg_min"):
        _extremes(binder, draft, item, call, keys)
        return
    if isinstance(call, tree.Call) and call.name in ("take_any", "any") and _several(call):
        _extremes(binder, draft, item, call, keys)
        return
    if isinstance(call, tree.Call) and call.name in AGGREGATES:
        reduction = _reduce(binder, draft, call)
        if reduction is not None:
            name = item.names[0] if item.names else unused(_name(call, AGGREGATES[call.name]), draft.columns)
            _add(binder, draft, item, name, reduction)
        return
    _composed(binder, draft, item)


def _several(call: tree.Call) -> bool:
    return len(call.arguments) > 1 or (len(call.arguments) == 1 and isinstance(call.arguments[0], tree.Star))


def _name(call: tree.Call, aggregate: Aggregate) -> str:
    first = derived(call.arguments[0]) if call.arguments and call.name != "countif" else None
    if call.name == "percentile" and isinstance(call.arguments[-1], tree.Literal):
        return f"percentile_{first or ''}_{call.arguments[-1].value}".replace(".", "_")
    if not aggregate.prefix:
        return first or f"{call.name}_"
    if call.name.startswith("covariance"):
        return f"{call.name}_{first or ''}_{derived(call.arguments[1]) or ''}"
    return f"{aggregate.prefix}_{first or ''}"


def _reduce(binder: Binder, draft: Draft, call: tree.Call) -> Reduction | None:
    aggregate = AGGREGATES[call.name]
    least, most = aggregate.arity
    if not least <= len(call.arguments) <= most:
        binder.report("KQL105", f"{call.name} takes {least} to {most} arguments", call.span)
        return None
    last = len(call.arguments) - 1
    arguments = [
        binder.predicate(argument, draft.inside)
        if aggregate.conditional and place == last
        else binder.expression(argument, draft.inside)
        for place, argument in enumerate(call.arguments)
    ]
    first = arguments[0] if arguments else constant("long", 0)
    kind = first.type
    if arguments and aggregate.takes is not None and kind not in aggregate.takes | {UNKNOWN}:
        binder.report("KQL106", f"{call.name} does not take {kind}", call.arguments[0].span, hint="cast it")
        return None
    compute = whole(call.name, kind)
    column = Column("", aggregate.result(kind), binder.variable(), span=call.span, wrapped=True)
    for argument in arguments:
        column.reads |= argument.reads
        column.volatile |= argument.volatile
    if column.type == "dynamic" and arguments:
        arguments[0] = cast(arguments[0], "dynamic")
    return Reduction(arguments, [column], _kept(compute) if aggregate.conditional else _single(compute))


def _single(compute: Callable[[Values], Any]) -> Callable[[Values], Sequence[Any]]:
    return lambda rows: (compute(rows),)


def _kept(compute: Callable[[Values], Any]) -> Callable[[Values], Sequence[Any]]:
    """Over the rows whose last argument is true."""
    return lambda rows: (compute([row for row in rows if row[-1]]),)


def _add(binder: Binder, draft: Draft, item: tree.Item, name: str, reduction: Reduction) -> None:
    column = reduction.columns[0]
    column.name, column.span = name, target(item)
    if name in draft.columns:
        binder.report("KQL104", f"the column {name!r} is made twice", target(item), hint="give one another name")
    draft.columns[name] = column
    draft.reductions.append(reduction)
    binder.made(name, target(item), column.bound(item.value.span))


def _extremes(binder: Binder, draft: Draft, item: tree.Item, call: tree.Call, keys: set[str]) -> None:
    """`arg_max(x, *)`: the columns of the row in which `x` is greatest."""
    parts: list[tuple[str, Bound]] = []
    ordered = call.name in ("arg_max", "arg_min")
    for argument in call.arguments:
        if isinstance(argument, tree.Star):
            rows = draft.inside.rows
            taken = {*keys, *(name for name, _ in parts)}
            assert rows is not None
            others = [column for column in rows.columns.values() if column.name not in taken]
            parts.extend((column.name, column.bound(argument.span)) for column in others)
        else:
            bound = binder.expression(argument, draft.inside)
            parts.append((derived(argument) or _unnamed(call.name, len(parts)), bound))
    if not parts:
        binder.report("KQL105", f"{call.name} takes a value and what to return", call.span)
        return
    if item.names and len(item.names) <= len(parts):
        parts = [
            (item.names[place] if place < len(item.names) else name, bound) for place, (name, bound) in enumerate(parts)
        ]
    columns: list[Column] = []
    for name, bound in parts:
        column = _column(binder, unused(name, draft.columns), bound.type, item, bound)
        draft.columns[column.name] = column
        columns.append(column)
    draft.reductions.append(Reduction([bound for _, bound in parts], columns, _picker(call.name, columns, ordered)))


def _unnamed(name: str, place: int) -> str:
    """What Kusto calls a value that lends no name: `max_` for the first of arg_max, else by its place."""
    return f"{name.removeprefix('arg_')}_" if name.startswith("arg_") and place == 0 else f"any_arg{place}"


def _picker(name: str, columns: list[Column], ordered: bool) -> Callable[[Values], Sequence[Any]]:
    nulls = tuple("" if column.type == "string" else None for column in columns)
    if not ordered:
        return lambda rows: rows[0] if rows else nulls
    return lambda rows: pick(rows, greatest=name == "arg_max") or nulls


def _composed(binder: Binder, draft: Draft, item: tree.Item) -> None:
    """`1.0 * sum(x) / count()`: aggregates inside an expression, which is computed for each group."""
    names: dict[str, Any] = {}
    node = _lift(binder, draft, item.value, names)
    if not names:
        hint = did_you_mean(item.value.name, AGGREGATES) if isinstance(item.value, tree.Call) else None
        binder.report("KQL103", "this is no aggregate", item.value.span, hint=hint or "put the column behind `by`")
        return
    from provisioner.kql.ir.scope import Scope

    bound = binder.expression(node, Scope(names, Scope(outer=draft.inside.outer)))
    name = item.names[0] if item.names else _free(_lent(node, names), draft.columns)
    column = _column(binder, name, bound.type, item, bound)
    draft.columns[name] = column
    draft.outer.append(Assign(column.variable, bound))


def _free(name: str | None, taken: dict[str, Column]) -> str:
    """A name that no column has yet: the one that is lent, or the next of `Column1`, `Column2` and so on."""
    if name is not None:
        return unused(name, taken)
    number = 1
    while f"Column{number}" in taken:
        number += 1
    return f"Column{number}"


def _lent(node: tree.Expression, names: dict[str, Any]) -> str | None:
    """The name that an aggregate lends to the expression around it: `sum_x` for `round(sum(x), 2)`."""
    name = derived(node)
    if name is None or not any(mark in name for mark in names):
        return None
    return "".join(part for place, part in enumerate(name.split("\0")) if place % 3 != 1)


def _lift(binder: Binder, draft: Draft, node: tree.Expression, names: dict[str, Any]) -> tree.Expression:
    """The expression with its aggregates replaced by names for their results."""
    if isinstance(node, tree.Call) and node.name in AGGREGATES:
        reduction = _reduce(binder, draft, node)
        name = f"\0{len(names)}\0{_name(node, AGGREGATES[node.name])}\0"
        names[name] = binder.unknown(node.span)
        if reduction is not None:
            draft.reductions.append(reduction)
            names[name] = reduction.columns[0].bound(node.span)
        return tree.Name(name, start=node.start, end=node.end)
    if isinstance(node, tree.Binary):
        left, right = (_lift(binder, draft, side, names) for side in (node.left, node.right))
        return tree.Binary(node.operator, left, right, node.at, start=node.start, end=node.end)
    if isinstance(node, tree.Unary):
        return tree.Unary(node.operator, _lift(binder, draft, node.operand, names), start=node.start, end=node.end)
    if isinstance(node, tree.Call):
        inner = [_lift(binder, draft, argument, names) for argument in node.arguments]
        return tree.Call(node.name, inner, node.labels, node.at, start=node.start, end=node.end)
    if isinstance(node, (tree.Member, tree.Index)):
        inside = _lift(binder, draft, node.object, names)
        if isinstance(node, tree.Member):
            return tree.Member(inside, node.name, start=node.start, end=node.end)
        return tree.Index(inside, node.index, start=node.start, end=node.end)
    return node


def _group(
    rows: Iterable[tuple[Any, ...]],
    context: Any,
    *,
    width: int,
    kinds: Sequence[str],
    plan: Sequence[tuple[int, Callable[[Values], Sequence[Any]]]],
) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    """The groups in the order in which their first rows came; without keys there is always one."""
    del context
    hashed = any(kind in ("dynamic", "real") for kind in kinds)
    groups: dict[Any, Values] = {} if width else {(): []}
    firsts: dict[Any, tuple[Any, ...]] = {(): ()}
    for row in rows:
        key: Any = row[:width]
        if hashed:
            key = tuple(map(values.identity, key))
        group = groups.get(key)
        if group is None:
            group = groups[key] = []
            firsts[key] = row[:width]
        group.append(row[width:])
    for key, group in groups.items():
        yield (*firsts.get(key, ()), *_finish(group, plan))


def _finish(group: Values, plan: Sequence[tuple[int, Callable[[Values], Sequence[Any]]]]) -> Iterator[Any]:
    start = 0
    for count, compute in plan:
        yield from compute([row[start : start + count] for row in group])
        start += count
