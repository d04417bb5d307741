"""The casts that Kusto makes by itself where types meet."""

from __future__ import annotations

from functools import partial

from provisioner.kql import values
from provisioner.kql.ir.bound_expression import BoundExpression, Constant
from provisioner.kql.ir.composed_expressions import NullPropagatingTemplate
from provisioner.kql.vocabulary.scalar_types import UNKNOWN

_INLINE_TEMPLATES = {
    ("int", "real"): "float({0})",
    ("long", "real"): "float({0})",
    ("int", "long"): "{0}",
    ("bool", "long"): "int({0})",
}
"""Casts that cannot fail, as Python text: no call for each row."""


def cast_expression(expression: BoundExpression, target: str) -> BoundExpression:
    """The expression as a value of the type `target`, converted as Kusto's own casts do.

    Comes back as it is where it is of that type already, or of a type that is not known.
    """
    source = expression.type
    if source == target or UNKNOWN in (source, target):
        return expression
    if isinstance(expression, Constant):
        value = values.convert(expression.value, source, target)
        return Constant(target, value, expression.span, expression.name)
    template = _INLINE_TEMPLATES.get((source, target))
    helpers: dict[str, object] = {} if template else {"convert": partial(values.convert, source=source, target=target)}
    if source == "dynamic" and target == "string":
        template, helpers = "({0} if {0}.__class__ is str else {text}({0}))", {"text": values.dynamic_to_text}
    nullable = expression.nullable if template or target == "dynamic" else True
    return NullPropagatingTemplate(
        target,
        template or "{convert}({0})",
        [expression],
        helpers=helpers,
        nullable=nullable,
        span=expression.span,
        name=expression.name,
    )
