"""Function calls: which overload is meant, what it gives, and whether it may be called here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from provisioner.diagnostics import Span
from provisioner.kql import values
from provisioner.kql.binding.implicit_casts import cast
from provisioner.kql.ir.bound_expression import NOTHING, Bound, compose
from provisioner.kql.ir.scope import Function, Lazy, Scope
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.lexer import LITERAL_TYPES
from provisioner.kql.vocabulary import dialects
from provisioner.kql.vocabulary.scalar_types import CASTS, NUMBERS, TYPES, UNKNOWN, common, widen
from provisioner.kql.vocabulary.suggestions import did_you_mean, wrap

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.functions.function_registry import Overload, Parameter


LONGEST = 1_048_576
"""How long a text may grow; Kusto cuts at a megabyte."""


def call(binder: Binder, node: tree.Call, scope: Scope) -> Bound:
    """A call of a built-in function or of one that `let` made."""
    meaning = scope.find(node.name)
    if isinstance(meaning, Function):
        from provisioner.kql.binding.user_functions import inline

        return inline(binder, node, meaning, scope)
    if isinstance(meaning, Lazy):
        binder.report("KQL112", f"{node.name!r} holds rows, it is no function", node.at)
        return binder.unknown(node.span)
    if node.name not in LITERAL_TYPES and not known(binder, node):
        for argument in node.arguments:
            binder.expression(argument, scope)
        return binder.unknown(node.span)
    from provisioner.kql.binding.special_calls import SPECIAL

    special = SPECIAL.get(node.name)
    if special is not None:
        return special(binder, node, scope)
    arguments = [binder.expression(argument, scope) for argument in node.arguments]
    return apply(binder, node, arguments)


def known(binder: Binder, node: tree.Call) -> bool:
    """Whether the function exists and may be called; what speaks against it is told."""
    from provisioner.kql.functions.function_registry import FUNCTIONS

    permission = dialects.function_permission(node.name, binder.dialect)
    if permission is None:
        names = [*FUNCTIONS] if binder.dialect == "query" else [n for n in FUNCTIONS if _listed(n)]
        hint = did_you_mean(node.name, names)
        binder.report("KQL103", f"there is no function {node.name!r}", node.at, hint=hint)
        return False
    if permission.status == "refused":
        where = "the transform language" if binder.dialect == "transform" else "a query"
        message = f"{where} does not have the function {node.name!r}"
        hint = permission.hint or (did_you_mean(node.name, filter(_listed, FUNCTIONS)))
        binder.report("KQL202", message, node.at, hint=_instead(hint), source=permission.source)
        return node.name in FUNCTIONS
    if permission.status == "disputed":
        message = f"{node.name!r} occurs in published rules, but Azure's list does not have it"
        binder.report(
            "KQL203", message, node.at, severity="warning", hint=_instead(permission.hint), source=permission.source
        )
    return True


def _listed(name: str) -> bool:
    permission = dialects.function_permission(name, "transform")
    return permission is not None and permission.status == "allowed"


def _instead(hint: str | None) -> str | None:
    return f"use {hint}" if hint is not None and " " not in hint else hint


def apply(binder: Binder, node: tree.Call, arguments: Sequence[Bound]) -> Bound:
    """The built-in function on bound arguments."""
    from provisioner.kql.functions.function_registry import FUNCTIONS

    overloads = FUNCTIONS[node.name].overloads
    kinds = [argument.type for argument in arguments]
    best = choose(node.name, tuple(kinds))
    if best is None:
        complain(binder, node, arguments, overloads)
        return binder.unknown(node.span)
    if UNKNOWN in kinds and best.returns in ("T", "any", "scalar"):
        return binder.unknown(node.span)
    if node.name == "todatetime" and binder.dialect == "transform" and kinds[0] in NUMBERS:
        _ticks(binder, node)
    return _compute(binder, node, best, arguments)


def _ticks(binder: Binder, node: tree.Call) -> None:
    """A number that becomes a time is mostly one of seconds or milliseconds, and is not taken for one."""
    message = "todatetime() takes a number for ticks since the year 1, not for seconds or milliseconds since 1970"
    hint = "use datetime(1970-01-01) + n * 1s, or n * 1ms"
    binder.report("KQL207", message, node.at, severity="warning", hint=hint)


@lru_cache(maxsize=4096)
def choose(name: str, kinds: tuple[str, ...]) -> Overload | None:
    """The overload that arguments of these types mean: the one that needs the least widening, the first of several."""
    from provisioner.kql.functions.function_registry import FUNCTIONS

    best: Overload | None = None
    least = -1
    for overload in FUNCTIONS[name].overloads:
        cost = _cost(overload, kinds)
        if cost is not None and (best is None or cost < least):
            best, least = overload, cost
    return best


def _cost(overload: Overload, kinds: Sequence[str]) -> int | None:
    """How far the arguments have to be widened for this overload; None where they do not fit."""
    if len(kinds) < overload.least or (overload.most is not None and len(kinds) > overload.most):
        return None
    total = 0
    shared: list[str] = []
    for place, kind in enumerate(kinds):
        parameter = overload.parameter(place)
        if parameter is None:
            return None
        if parameter.type == "T":
            shared.append(kind)
            total += 1
            continue
        far = _distance(kind, parameter)
        if far is None:
            return None
        total += far
    return None if shared and common(shared) is None else total


def _distance(kind: str, parameter: Parameter) -> int | None:
    if parameter.type in ("any", "scalar"):
        return 1
    if parameter.type == "plain":
        return 1 if kind != "dynamic" else None
    if parameter.type == "number":
        return 1 if kind in NUMBERS or kind == UNKNOWN else None
    return None if kind == "dynamic" and parameter.type != kind else widen(kind, parameter.type)


def _compute(binder: Binder, node: tree.Call, overload: Overload, arguments: Sequence[Bound]) -> Bound:
    kinds = [argument.type for argument in arguments]
    shared = common(kind for place, kind in enumerate(kinds) if _type_at(overload, place) == "T")
    helpers: dict[str, Any] = {"f": overload.body}
    parts: list[Bound] = []
    words: list[str] = []
    for place, argument in enumerate(arguments):
        part, word = _argument(binder, node, overload, place, _converted(overload, place, argument, shared), helpers)
        parts.append(part)
        words.append(word)
    result = _result(overload, arguments, shared)
    made = compose(
        "free" if overload.nulls else "strict",
        result,
        _template(
            overload, words, tuple(_passed(overload, place, kind, shared) for place, kind in enumerate(kinds)), result
        ),
        parts,
        helpers=helpers,
        nullable=True,
        volatile=frozenset((node.name,)) if overload.volatile else NOTHING,
        span=node.span,
        note=node.name,
    )
    made.wrapped = made.wrapped and node.name not in _PLAIN
    return made


_PLAIN = frozenset(("parse_json", "todynamic", "split", "extract_all", "parse_xml", "parse_csv", "parse_url"))
"""Functions whose dynamic result is made from text and holds nothing but JSON."""


def _type_at(overload: Overload, place: int) -> str:
    parameter = overload.parameter(place)
    return parameter.type if parameter is not None else "any"


def _passed(overload: Overload, place: int, kind: str, shared: str | None) -> str:
    wanted = _type_at(overload, place)
    return (shared or kind) if wanted == "T" else wanted if wanted in TYPES else kind


def _converted(overload: Overload, place: int, argument: Bound, shared: str | None) -> Bound:
    return cast(argument, _passed(overload, place, argument.type, shared))


def _argument(
    binder: Binder, node: tree.Call, overload: Overload, place: int, part: Bound, helpers: dict[str, Any]
) -> tuple[Bound, str]:
    """The argument with the word that stands for it in the template: prepared once where it is constant."""
    parameter = overload.parameter(place)
    span = node.arguments[place].span if place < len(node.arguments) else node.span
    if parameter is not None and parameter.literal:
        part = binder.settled(part)
    if parameter is not None and parameter.literal and not part.is_constant and part.type != UNKNOWN:
        binder.report("KQL110", f"{parameter.name or 'this argument'} of {node.name} must be a constant", span)
        return binder.unknown(span), f"{{{place}}}"
    prepare = overload.prepare.get(place)
    if prepare is None:
        return part, f"{{{place}}}"
    if part.is_constant and part.value is not None:
        ready = _prepared(binder, prepare, part, span)
        return replace(part, value=ready, type="prepared", nullable=False), f"{{{place}}}"
    helpers[f"p{place}"] = _forgiving(prepare)
    return part, f"{{p{place}}}({{{place}}})"


def _prepared(binder: Binder, prepare: Callable[[Any], Any], part: Bound, span: Span) -> Any:
    try:
        return prepare(part.value)
    except values.BadRegex as error:
        binder.bad_regex(error, span)
    except values.BadConstant as error:
        binder.report("KQL114", str(error), span)
    return None


def _forgiving(prepare: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A pattern made at run time that is none of RE2's finds nothing."""

    def ready(value: Any) -> Any:
        try:
            return prepare(value)
        except values.BadRegex:
            return values.regex(r"[^\s\S]")

    return ready


def _template(overload: Overload, words: list[str], kinds: tuple[str, ...], result: str) -> str:
    if overload.inline is not None and not overload.nulls and not any("p" in word for word in words):
        return overload.inline
    parts = list(words)
    if overload.types:
        parts.append(f"types={kinds!r}")
    if overload.context:
        parts.append("context=context")
    text = f"{{f}}({', '.join(parts)})"
    if result != "string":
        return text
    return f'({text} or "")[:{LONGEST}]' if overload.nulls else f"{text}[:{LONGEST}]"


def _result(overload: Overload, arguments: Sequence[Bound], shared: str | None) -> str:
    for argument in arguments:
        if argument.note == "typeof":
            return str(argument.value)
    kinds = [argument.type for argument in arguments]
    if overload.result is not None:
        return overload.result(kinds)
    if overload.returns == "T":
        return shared or UNKNOWN
    return overload.returns if overload.returns in TYPES else (kinds[0] if kinds else UNKNOWN)


def complain(binder: Binder, node: tree.Call, arguments: Sequence[Bound], overloads: Sequence[Overload]) -> None:
    """Tell why no overload fits: the number of arguments, or the type of one, with the cast that would fit."""
    from provisioner.kql.functions.function_registry import Function as Entry

    signatures = " or ".join(Entry(node.name, list(overloads)).signatures[:3])
    count = len(arguments)
    fitting = [o for o in overloads if o.least <= count and (o.most is None or count <= o.most)]
    if not fitting:
        plural = "" if count == 1 else "s"
        message = f"{node.name} does not take {count} argument{plural}"
        binder.report("KQL105", message, node.span, hint=f"it is {signatures}")
        return
    place, wanted = _misfit(fitting[0], [argument.type for argument in arguments])
    span = node.arguments[place].span if place < len(node.arguments) else node.span
    kind = arguments[place].type
    function = CASTS.get(wanted)
    message = f"{node.name} takes {wanted} here, this is {kind}"
    hint = f"cast it with {function}()" if function else f"it is {signatures}"
    binder.report("KQL106", message, span, hint=hint, fix=wrap(span, binder.text, function) if function else None)


def _misfit(overload: Overload, kinds: Sequence[str]) -> tuple[int, str]:
    shared: list[str] = []
    for place, kind in enumerate(kinds):
        wanted = overload.parameter(place)
        if wanted is not None and wanted.type == "T":
            if common([*shared, kind]) is None:
                return place, common(shared) or "the same type"
            shared.append(kind)
        elif wanted is not None and _distance(kind, wanted) is None:
            return place, "string" if wanted.type == "plain" else wanted.type
    return 0, "another type"
