"""Implicit conversions of bound expressions."""

from __future__ import annotations

from functools import partial
from typing import Any

from provisioner.kql import values
from provisioner.kql.ir.bound_expression import Bound, compose, constant

_INLINE = {
    ("int", "real"): "float({0})",
    ("long", "real"): "float({0})",
    ("int", "long"): "{0}",
    ("bool", "long"): "int({0})",
}


def cast(expression: Bound, target: str) -> Bound:
    """The expression as a value of `target`, converted as Kusto's own casts do; itself where it is that already."""
    source = expression.type
    if source == target or "unknown" in (source, target):
        return expression
    if expression.is_constant:
        value = values.convert(expression.value, source, target)
        made = constant(target, value, expression.span)
        made.name = expression.name
        return made
    template = _INLINE.get((source, target))
    helpers: dict[str, Any] = {} if template else {"convert": partial(values.convert, source=source, target=target)}
    if source == "dynamic" and target == "string":
        template, helpers = "({0} if {0}.__class__ is str else {text}({0}))", {"text": values.text_of_dynamic}
    nullable = expression.nullable if template or target == "dynamic" else True
    made = compose(
        "strict", target, template or "{convert}({0})", [expression],
        helpers=helpers, nullable=nullable, span=expression.span,
    )  # fmt: skip
    made.name = expression.name
    return made
