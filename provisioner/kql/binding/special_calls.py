"""Calls that are no ordinary functions: they choose lazily, or look at the columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from provisioner.kql import values
from provisioner.kql.binding.implicit_casts import cast
from provisioner.kql.ir.bound_expression import Bound, compose, constant
from provisioner.kql.ir.scope import Scope
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.lexer import LITERAL_TYPES
from provisioner.kql.vocabulary.scalar_types import CASTS, NUMBERS, UNKNOWN, WHOLE, common

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder


def _iif(binder: Binder, node: tree.Call, scope: Scope) -> Bound:
    if len(node.arguments) != 3:
        return _count(binder, node, "three arguments: a condition and two values")
    return _choose(binder, node, scope)


def _case(binder: Binder, node: tree.Call, scope: Scope) -> Bound:
    if len(node.arguments) < 3 or len(node.arguments) % 2 == 0:
        return _count(binder, node, "pairs of condition and value, and a value for the rest")
    return _choose(binder, node, scope)


def _choose(binder: Binder, node: tree.Call, scope: Scope) -> Bound:
    last = len(node.arguments) - 1
    parts = [
        binder.predicate(argument, scope) if place % 2 == 0 and place != last else binder.expression(argument, scope)
        for place, argument in enumerate(node.arguments)
    ]
    results = [place for place in range(last + 1) if place % 2 or place == last]
    kind = _agreed(binder, node, [parts[place] for place in results], [node.arguments[place] for place in results])
    for place in results:
        parts[place] = cast(parts[place], kind)
    nullable = any(parts[place].nullable for place in results)
    return compose("choose", kind, None, parts, nullable=nullable, span=node.span, note=node.name)


def _agreed(binder: Binder, node: tree.Call, results: Sequence[Bound], places: Sequence[tree.Expression]) -> str:
    """The type of all results; int with long is long, a dynamic takes the type of the others, no more is guessed."""
    kinds = [result.type for result in results if result.type not in ("dynamic", UNKNOWN)]
    if not kinds:
        return "dynamic" if any(result.type == "dynamic" for result in results) else UNKNOWN
    kind = common(kinds)
    if kind is not None and (len(set(kinds)) == 1 or set(kinds) <= WHOLE):
        return kind
    from provisioner.kql.vocabulary.suggestions import wrap

    other = next(place for place, result in enumerate(results) if result.type not in (kinds[0], "dynamic", UNKNOWN))
    target = kind if kind in NUMBERS else kinds[0]
    at = next(place for place, result in enumerate(results) if result.type != target and result.type in kinds)
    message = f"the results of {node.name} are of different types: {kinds[0]} and {results[other].type}"
    function = CASTS.get(target or "", "tostring")
    fix = wrap(places[at].span, binder.text, function)
    binder.report("KQL111", message, places[at].span, hint=f"cast with {function}()", fix=fix)
    return UNKNOWN


def _coalesce(binder: Binder, node: tree.Call, scope: Scope) -> Bound:
    if len(node.arguments) < 2:
        return _count(binder, node, "two values or more")
    parts = [binder.expression(argument, scope) for argument in node.arguments]
    kind = common(part.type for part in parts) or _differ(binder, node, [part.type for part in parts])
    if kind == UNKNOWN:
        return binder.unknown(node.span)
    made = cast(parts[-1], kind)
    for part in reversed(parts[:-1]):
        first = cast(part, kind)
        template = "({0} or {1})" if kind == "string" else "(v if (v := {0}) is not None else {1})"
        made = compose("free", kind, template, [first, made], nullable=made.nullable, span=node.span)
    return made


def _differ(binder: Binder, node: tree.Call, kinds: Sequence[str]) -> str:
    message = f"the arguments of {node.name} are of different types: {', '.join(dict.fromkeys(kinds))}"
    binder.report("KQL111", message, node.span, hint="cast them to one type")
    return UNKNOWN


def _column_if_exists(binder: Binder, node: tree.Call, scope: Scope) -> Bound:
    if len(node.arguments) != 2:
        return _count(binder, node, "a column's name and a default")
    first = node.arguments[0]
    default = binder.expression(node.arguments[1], scope)
    if isinstance(first, tree.Literal) and first.type == "string":
        name: str | None = first.value
    else:
        name = first.name if isinstance(first, tree.Name) else None
    if name is None:
        binder.report("KQL110", f"the first argument of {node.name} is a column's name in quotes", first.span)
        return default
    column = scope.column(name)
    if column is None:
        return Bound(**{field: getattr(default, field) for field in Bound.__slots__} | {"name": name})
    if default.type not in (column.type, UNKNOWN) and common((column.type, default.type)) != column.type:
        message = f"the default is {default.type}, the column {name!r} is {column.type}"
        binder.report("KQL106", message, node.arguments[1].span, severity="warning", hint="give both the same type")
    return column.bound(node.span)


def _pack_columns(binder: Binder, node: tree.Call, scope: Scope) -> Bound:
    """`bag_pack_columns(a, b)`: a bag of columns under their names."""
    parts = [binder.expression(argument, scope) for argument in node.arguments]
    names = [part.name or f"Column{place}" for place, part in enumerate(parts, 1)]
    return _bag(node, names, parts, skip=False)


def _pack_all(binder: Binder, node: tree.Call, scope: Scope) -> Bound:
    """`pack_all()`: a bag of all columns; with true, only of those that hold something."""
    skip = bool(node.arguments) and isinstance(node.arguments[0], tree.Literal) and node.arguments[0].value is True
    rows = next((s.rows for s in _outward(scope) if s.rows is not None), None)
    if rows is None:
        binder.report("KQL112", "there are no columns here", node.span)
        return binder.unknown(node.span)
    return _bag(node, list(rows.columns), [column.bound(node.span) for column in rows.columns.values()], skip=skip)


def _outward(scope: Scope | None) -> list[Scope]:
    found = []
    while scope is not None:
        found.append(scope)
        scope = scope.outer
    return found


def _bag(node: tree.Call, names: list[str], parts: list[Bound], *, skip: bool) -> Bound:
    inside = ", ".join(f"{name!r}: {{{place}}}" for place, name in enumerate(_escaped(names)))
    template = "{drop}({{" + inside + "}})" if skip else "{{" + inside + "}}"
    members = [cast(part, "dynamic") for part in parts]
    helpers = {"drop": _drop}
    return compose(
        "free", "dynamic", template, members, helpers=helpers, nullable=False, span=node.span, note=node.name
    )


def _escaped(names: list[str]) -> list[str]:
    return [name.replace("{", "{{").replace("}", "}}") for name in names]


def _drop(bag: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in bag.items() if value is not None and value != ""}


def _literal_only(kind: str) -> Callable[[Binder, tree.Call, Scope], Bound]:
    """`int(x)` where x is no literal: Kusto's type words take literals only."""

    def refuse(binder: Binder, node: tree.Call, scope: Scope) -> Bound:
        from provisioner.kql.vocabulary.suggestions import wrap

        inner = [binder.expression(argument, scope) for argument in node.arguments]
        if len(inner) == 1 and inner[0].is_constant:
            return constant(kind, values.convert(inner[0].value, inner[0].type, kind), node.span)
        fix = wrap(node.arguments[0].span, binder.text, CASTS[kind]) if len(node.arguments) == 1 else None
        message = f"{node.name}(…) holds a literal, no expression"
        binder.report("KQL110", message, node.span, hint=f"use {CASTS.get(kind, 'a cast')}()", fix=fix)
        return binder.unknown(node.span)

    return refuse


def _pairs(binder: Binder, node: tree.Call, scope: Scope) -> Bound:
    """`bag_pack(key, value, …)`: an ordinary function that takes its arguments two by two."""
    if len(node.arguments) % 2:
        return _count(binder, node, "a key and a value, again and again")
    from provisioner.kql.binding.function_calls import apply

    return apply(binder, node, [binder.expression(argument, scope) for argument in node.arguments])


def _count(binder: Binder, node: tree.Call, what: str) -> Bound:
    binder.report("KQL105", f"{node.name} takes {what}; here are {len(node.arguments)}", node.span)
    return binder.unknown(node.span)


SPECIAL: dict[str, Callable[[Binder, tree.Call, Scope], Bound]] = {
    "iif": _iif,
    "iff": _iif,
    "case": _case,
    "coalesce": _coalesce,
    "pack": _pairs,
    "bag_pack": _pairs,
    "pack_dictionary": _pairs,
    "columnifexists": _column_if_exists,
    "column_ifexists": _column_if_exists,
    "bag_pack_columns": _pack_columns,
    "pack_all": _pack_all,
}

SPECIAL.update(
    {word: _literal_only(LITERAL_TYPES[word]) for word in LITERAL_TYPES}  # reached only where no literal stands inside
)
