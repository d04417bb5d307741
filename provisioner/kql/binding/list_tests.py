"""Tests of a value against a list: `in`, `in~`, `has_any`, `has_all`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from provisioner.diagnostics import Span
from provisioner.kql import values
from provisioner.kql.binding.implicit_casts import cast_expression
from provisioner.kql.ir.bound_expression import BoundExpression, Constant
from provisioner.kql.ir.composed_expressions import NullAwareTemplate
from provisioner.kql.vocabulary.scalar_types import NUMBERS, UNKNOWN, common_type

_READ_FROM_TEXT = ("datetime", "timespan", "guid")


def compose_list_test(
    operator: str, operand: BoundExpression, items: Sequence[BoundExpression], span: Span
) -> BoundExpression | None:
    """`operand in (items)` and its like, also negated; None where an item's type cannot be compared with the operand's.

    A constant dynamic among the items stands for its members.
    """
    folds_case = operator.endswith("~")
    is_text = folds_case or operator.startswith("has")
    item_type = "string" if is_text else _item_type(operand, items)
    if item_type is None or (is_text and operand.type not in ("string", "dynamic", UNKNOWN)):
        return None
    members: list[values.Value] = []
    for item in items:
        if not isinstance(item, Constant):
            # one item that differs from row to row makes the whole list differ: it is built for each row
            return _compose_row_list_test(operator, cast_expression(operand, item_type), items, item_type, span)
        if item.type == "dynamic":
            members.extend(_members_as(item.value, item_type))
        elif not _may_stand_in_list(item.type, item_type):
            return None
        else:
            members.append(values.convert(item.value, item.type, item_type) if item.type != item_type else item.value)
    return _compose_constant_list_test(operator, cast_expression(operand, item_type), members, span)


def _may_stand_in_list(literal_type: str, item_type: str) -> bool:
    """Whether a literal of one type may stand in a list whose items are compared as another."""
    if literal_type == item_type or {literal_type, item_type} <= NUMBERS:
        return True
    return literal_type == "string" and item_type in _READ_FROM_TEXT


def _item_type(operand: BoundExpression, items: Sequence[BoundExpression]) -> str | None:
    """The type as which the items are compared; None where they have none in common."""
    types = [item.type for item in items if item.type != "dynamic"]
    if operand.type == "dynamic":
        return common_type(types) if types else "string"
    if operand.type in NUMBERS:
        return common_type((operand.type, *(type_name for type_name in types if type_name in NUMBERS)))
    return operand.type


def _members_as(value: values.Value, item_type: str) -> list[values.Value]:
    """The members of a dynamic array, or the one value of another dynamic, as values of a type."""
    members = value if isinstance(value, list) else [value]
    return [
        values.convert(member, "dynamic", item_type)
        for member in members
        if member is not None or item_type == "string"
    ]


def _compose_constant_list_test(
    operator: str, operand: BoundExpression, members: list[values.Value], span: Span
) -> BoundExpression:
    name = operator.removeprefix("!")
    # a set where equality decides, so that a list of thousands costs a row as little as one of three
    constants: frozenset[values.Value | str] | tuple[values.Value, ...]
    if name == "in~":
        template, constants = (
            "({0}.lower() in {constants})",
            frozenset(member.lower() for member in members if isinstance(member, str)),
        )
    elif name == "in":
        template, constants = "({0} in {constants})", frozenset(member for member in members if member is not None)
    else:
        template, constants = "{helper}({0}, {constants})", tuple(members)
    if operator[0] == "!":
        template = f"(not {template})"
    helpers = {"constants": constants, "helper": _LIST_FUNCTIONS.get(name)}
    return NullAwareTemplate("bool", template, [operand], helpers=helpers, nullable=False, span=span)


def _compose_row_list_test(
    operator: str, operand: BoundExpression, items: Sequence[BoundExpression], item_type: str, span: Span
) -> BoundExpression:
    """Against items that differ from row to row: a dynamic among them stands for its members."""
    name = operator.removeprefix("!")
    items_template = ", ".join(
        f"*{{members_as}}({{{position}}}, {item_type!r})" if item.type == "dynamic" else f"{{{position}}}"
        for position, item in enumerate(items, 1)
    )
    template = f"{{helper}}({{0}}, ({items_template},))"
    if operator[0] == "!":
        template = f"(not {template})"
    parts = [operand, *(item if item.type == "dynamic" else cast_expression(item, item_type) for item in items)]
    helpers = {"members_as": _members_as, "helper": _LIST_FUNCTIONS[name]}
    return NullAwareTemplate("bool", template, parts, helpers=helpers, nullable=False, span=span)


def _is_in(value: values.Value, members: Sequence[values.Value]) -> bool:
    return value is not None and value in members


def _is_in_ignoring_case(text: str, members: Sequence[str]) -> bool:
    return text.lower() in {member.lower() for member in members}


def _has_any(text: str, terms: Sequence[str]) -> bool:
    return any(values.has(text, term) for term in terms)


def _has_all(text: str, terms: Sequence[str]) -> bool:
    return all(values.has(text, term) for term in terms)


_LIST_FUNCTIONS: dict[str, Callable[[Any, Any], bool]] = {
    "in": _is_in,
    "in~": _is_in_ignoring_case,
    "has_any": _has_any,
    "has_all": _has_all,
}
