"""What the comparing and searching operators mean: equality, order, ranges, lists, text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from provisioner.diagnostics import Span
from provisioner.kql import values
from provisioner.kql.binding.implicit_casts import cast
from provisioner.kql.ir.bound_expression import Bound, compose
from provisioner.kql.vocabulary.scalar_types import NUMBERS, UNKNOWN, common

_LITERALS = frozenset(("datetime", "timespan"))
"""What a text literal is read as when it is compared for equality."""

ORDERED = NUMBERS | {"datetime", "timespan", "bool"}


def meet(left: Bound, right: Bound) -> tuple[Bound, Bound] | None:
    """Both sides as one comparable type; None where Kusto wants a cast."""
    one, two = left.type, right.type
    if UNKNOWN in (one, two) or (one == two and one != "dynamic"):
        return left, right
    kind = common((one, two))
    if kind is not None and kind != "dynamic":
        return cast(left, kind), cast(right, kind)
    if "dynamic" in (one, two) and one != two:
        other = two if one == "dynamic" else one
        return cast(left, other), cast(right, other)
    spoken = _spoken(left, right) or _spoken(right, left)
    if spoken is not None:
        return (spoken, right) if one == "string" else (left, spoken)
    if {one, two} in ({"guid", "string"}, {"bool", "long"}, {"bool", "int"}):
        target = "guid" if "guid" in (one, two) else "long"
        return cast(left, target), cast(right, target)
    return None


def _spoken(text: Bound, other: Bound) -> Bound | None:
    """A text literal as the time that it says, beside a time; None where it is none."""
    if not text.is_constant or text.type != "string" or other.type not in _LITERALS:
        return None
    made = cast(text, other.type)
    return made if made.value is not None else None


def compare(operator: str, left: Bound, right: Bound, span: Span) -> Bound | None:
    """`==`, `!=`, `<`, `<=`, `>`, `>=`; None where the types do not meet.

    Two nulls are neither equal nor different: null. A null and a value are different. Order with a null is null.
    """
    if operator not in ("==", "!=") and "dynamic" in (left.type, right.type) and not _numeric(left, right):
        return None
    if operator not in ("==", "!=") and "string" in (left.type, right.type):
        return None
    pair = meet(left, right)
    if pair is None or (operator not in ("==", "!=") and pair[0].type not in ORDERED | {UNKNOWN}):
        return None
    if operator in ("==", "!="):
        both = pair[0].nullable and pair[1].nullable
        return compose("equal", "bool", operator, pair, nullable=both, span=span)
    return compose("strict", "bool", f"({{0}} {operator} {{1}})", pair, span=span)


def _numeric(left: Bound, right: Bound) -> bool:
    """Whether one side is a number: the only thing by which a dynamic can be ordered without a cast."""
    return left.type in NUMBERS or right.type in NUMBERS


def between(operand: Bound, low: Bound, high: Bound, *, negated: bool, span: Span) -> Bound | None:
    """`operand between (low .. high)`; a timespan as `high` counts from `low` where that is a datetime."""
    from provisioner.kql.binding.arithmetic import arithmetic

    if low.type == "datetime" and high.type == "timespan":
        moved = arithmetic("+", low, high, span)
        high = moved if moved is not None else high
    if "dynamic" in (low.type, high.type):
        return None
    kinds = {operand.type, low.type, high.type} - {UNKNOWN, "dynamic"}
    kind = common(kinds)
    if kind is None or kind not in ORDERED | {UNKNOWN}:
        return None
    template = "(not ({1} <= {0} <= {2}))" if negated else "({1} <= {0} <= {2})"
    return compose("strict", "bool", template, [cast(part, kind) for part in (operand, low, high)], span=span)


_PLAIN: dict[str, str] = {
    "contains_cs": "({1} in {0})",
    "startswith_cs": "{0}.startswith({1})",
    "endswith_cs": "{0}.endswith({1})",
}
_FOLDED: dict[str, str] = {
    "=~": "({0}.lower() == {1})",
    "contains": "({1} in {0}.lower())",
    "startswith": "{0}.lower().startswith({1})",
    "endswith": "{0}.lower().endswith({1})",
}
_HELPERS: dict[str, Callable[[str, str], bool]] = {
    "=~": values.equals,
    "contains": values.contains,
    "startswith": values.startswith,
    "endswith": values.endswith,
    "has": values.has,
    "has_cs": values.has_cs,
    "hasprefix": values.hasprefix,
    "hasprefix_cs": values.hasprefix_cs,
    "hassuffix": values.hassuffix,
    "hassuffix_cs": values.hassuffix_cs,
}


def search(operator: str, left: Bound, right: Bound, span: Span) -> Bound | None:
    """`contains`, `has`, `startswith`, `=~` and their kin; None where a side is no text."""
    if any(side.type not in ("string", "dynamic", UNKNOWN) for side in (left, right)):
        return None
    negated = operator[0] == "!"
    word = "=~" if operator == "!~" else operator.removeprefix("!")
    left, right = cast(left, "string"), cast(right, "string")
    helpers: dict[str, Any] = {}
    if word in _PLAIN:
        template = _PLAIN[word]
    elif word in _FOLDED and right.is_constant:
        template = _FOLDED[word]
        right = Bound("constant", "string", right.value.lower(), nullable=False, span=right.span)
    else:
        template, helpers = "{helper}({0}, {1})", {"helper": _HELPERS[word]}
    return compose(
        "strict", "bool", f"(not {template})" if negated else template, [left, right], helpers=helpers, span=span
    )


def matches(left: Bound, right: Bound, span: Span) -> Bound | None:
    """`left matches regex right`; raises BadRegex where a constant pattern is none of RE2's."""
    if any(side.type not in ("string", "dynamic", UNKNOWN) for side in (left, right)):
        return None
    left, right = cast(left, "string"), cast(right, "string")
    if right.is_constant:
        found = values.regex(right.value).found
        return compose("strict", "bool", "{found}({0})", [left], helpers={"found": found}, span=span)
    return compose(
        "strict", "bool", "{found}({0}, {1})", [left, right], helpers={"found": _found}, nullable=True, span=span
    )


def _found(text: str, pattern: str) -> bool | None:
    try:
        return values.regex(pattern).found(text)
    except values.BadRegex:
        return None


def among(operator: str, operand: Bound, items: Sequence[Bound], span: Span) -> Bound | None:
    """`in`, `in~`, `has_any`, `has_all` against a list; None where an item's type does not meet the operand's."""
    folded = operator.endswith("~")
    textual = folded or operator.startswith("has")
    kind = "string" if textual else _list_type(operand, items)
    if kind is None or (textual and operand.type not in ("string", "dynamic", UNKNOWN)):
        return None
    members: list[Any] = []
    for item in items:
        if not item.is_constant:
            return _among_any(operator, cast(operand, kind), items, kind, span)
        if item.type == "dynamic":
            members.extend(_unfold(item.value, kind))
        elif not _belongs(item.type, kind):
            return None
        else:
            members.append(values.convert(item.value, item.type, kind) if item.type != kind else item.value)
    return _among_known(operator, cast(operand, kind), members, span)


def _belongs(item: str, kind: str) -> bool:
    """Whether a literal of one type may stand in a list that is compared with another."""
    return item == kind or {item, kind} <= NUMBERS or (item == "string" and kind in _LITERALS | {"guid"})


def _list_type(operand: Bound, items: Sequence[Bound]) -> str | None:
    typed = [item.type for item in items if item.type != "dynamic"]
    if operand.type == "dynamic":
        return common(typed) if typed else "string"
    if operand.type in NUMBERS:
        return common((operand.type, *(kind for kind in typed if kind in NUMBERS)))
    return operand.type


def _unfold(value: Any, kind: str) -> list[Any]:
    found = value if isinstance(value, list) else [value]
    return [values.convert(member, "dynamic", kind) for member in found if member is not None or kind == "string"]


def _among_known(operator: str, operand: Bound, members: list[Any], span: Span) -> Bound:
    word = operator.removeprefix("!")
    known: Any
    if word == "in~":
        template, known = "({0}.lower() in {known})", frozenset(member.lower() for member in members)
    elif word == "in":
        template, known = "({0} in {known})", frozenset(member for member in members if member is not None)
    else:
        template, known = "{helper}({0}, {known})", tuple(members)
    if operator[0] == "!":
        template = f"(not {template})"
    helpers = {"known": known, "helper": _LISTS.get(word)}
    return compose("free", "bool", template, [operand], helpers=helpers, nullable=False, span=span)


def _among_any(operator: str, operand: Bound, items: Sequence[Bound], kind: str, span: Span) -> Bound:
    """Against items that differ from row to row: a dynamic among them stands for its members."""
    word = operator.removeprefix("!")
    lists = ", ".join(
        f"*{{unfold}}({{{place}}}, {kind!r})" if item.type == "dynamic" else f"{{{place}}}"
        for place, item in enumerate(items, 1)
    )
    template = f"{{helper}}({{0}}, ({lists},))"
    if operator[0] == "!":
        template = f"(not {template})"
    parts = [operand, *(item if item.type == "dynamic" else cast(item, kind) for item in items)]
    helpers = {"unfold": _unfold, "helper": _LISTS[word]}
    return compose("free", "bool", template, parts, helpers=helpers, nullable=False, span=span)


def _in(value: Any, known: Sequence[Any]) -> bool:
    return value is not None and value in known


def _in_folded(text: str, known: Sequence[str]) -> bool:
    return text.lower() in {member.lower() for member in known}


def _has_any(text: str, terms: Sequence[str]) -> bool:
    return any(values.has(text, term) for term in terms)


def _has_all(text: str, terms: Sequence[str]) -> bool:
    return all(values.has(text, term) for term in terms)


_LISTS: dict[str, Callable[[Any, Any], bool]] = {
    "in": _in,
    "in~": _in_folded,
    "has_any": _has_any,
    "has_all": _has_all,
}
