"""Expressions after binding: typed, with what they read and how they are computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from provisioner.diagnostics import Span

NO_NAMES: frozenset[str] = frozenset()
NO_SPAN = Span(0, 0)
MAX_SIZE = 100_000
"""How many values a text or a dynamic may be put together from; a name used twice, over and over, doubles it."""

ExpressionKind = Literal[
    "constant", "variable", "null_propagating", "null_aware", "member_access", "equality", "and", "or", "case", "let_in"
]
"""How an expression is computed.

`constant`: `value` is the value. `variable`: `value` is its name in the generated code.
`null_propagating`: `value` is a template; a null argument makes the result null, the template is not computed.
`null_aware`: `value` is a template that handles null itself.
`member_access`: of a bag by a key. `equality`: `value` is `==` or `!=`. `and`, `or`: of two conditions.
`case`: the arguments are condition, result, condition, result …, and the result of the rest.
`let_in`: `value` names the variables that all arguments but the last are assigned to; the last is the result.
"""


@dataclass(slots=True)
class BoundExpression:
    """A typed expression.

    Templates are Python text that holds `{0}`, `{1}` … for the arguments and `{name}` for what stands in `helpers`.
    `reads`: the input columns that it depends on. `volatile`: the functions that make it differ from run to run.
    `name`: the column or variable that it was named by, if any. `function_name`: the function it is a call of.
    `needs_json_encoding`: a dynamic may hold values that JSON cannot say, such as datetimes.
    `size`: how many values a text or a dynamic is put together from, at most.
    """

    kind: ExpressionKind
    type: str
    value: Any = None
    arguments: tuple[BoundExpression, ...] = ()
    helpers: Mapping[str, Any] = field(default_factory=dict)
    nullable: bool = True
    reads: frozenset[str] = NO_NAMES
    volatile: frozenset[str] = NO_NAMES
    span: Span = NO_SPAN
    name: str | None = None
    needs_json_encoding: bool = False
    function_name: str = ""
    size: int = 1

    @property
    def is_constant(self) -> bool:
        """Whether the value is the same for every row, and in `value`."""
        return self.kind == "constant"


def make_constant(type_name: str, value: Any, span: Span = NO_SPAN) -> BoundExpression:
    """A value of a type, in the inside representation of `kql.values`."""
    return BoundExpression(
        "constant", type_name, value, nullable=value is None, span=span, needs_json_encoding=type_name == "dynamic"
    )


def compose_expression(
    kind: ExpressionKind,
    result_type: str,
    value: Any,
    arguments: Sequence[BoundExpression],
    *,
    helpers: Mapping[str, Any] | None = None,
    nullable: bool | None = None,
    volatile: frozenset[str] = NO_NAMES,
    span: Span = NO_SPAN,
    function_name: str = "",
) -> BoundExpression:
    """An expression over others: it reads what they read and is as volatile as they are.

    Where `nullable` is left out, the result can be null if an argument can.
    """
    reads: frozenset[str] = NO_NAMES
    argument_can_be_null = False
    needs_json_encoding = False
    size = 0
    for argument in arguments:
        # most of these sets are empty: no new set where one side is
        reads = reads | argument.reads if reads else argument.reads
        volatile = volatile | argument.volatile if volatile else argument.volatile
        argument_can_be_null = argument_can_be_null or argument.nullable
        needs_json_encoding = needs_json_encoding or argument.needs_json_encoding or argument.type in _NOT_IN_JSON
        size += argument.size
    return BoundExpression(
        kind,
        result_type,
        value,
        tuple(arguments),
        helpers or {},
        # a string is never null in Kusto: its null is the empty string
        result_type != "string" and (argument_can_be_null if nullable is None else nullable),
        reads,
        volatile,
        span,
        None,
        needs_json_encoding,
        function_name,
        max(size, 1) if result_type in _GROWING_TYPES else 1,
    )


_GROWING_TYPES = frozenset(("string", "dynamic", "parts", "unknown"))
_NOT_IN_JSON = frozenset(("datetime", "timespan", "guid", "decimal", "real"))
"""The types that JSON has no word for (a real may be NaN): a dynamic made from one is encoded when it goes out."""


@dataclass(slots=True)
class BoundColumn:
    """A column of the rows at one point of a pipeline; `variable` holds its cell in the generated code."""

    name: str
    type: str
    variable: str
    reads: frozenset[str] = NO_NAMES
    volatile: frozenset[str] = NO_NAMES
    span: Span = NO_SPAN
    nullable: bool = True
    needs_json_encoding: bool = False
    size: int = 1

    def as_expression(self, span: Span) -> BoundExpression:
        """The column as an expression that stands at `span`."""
        return BoundExpression(
            "variable",
            self.type,
            self.variable,
            nullable=self.nullable and self.type != "string",
            reads=self.reads,
            volatile=self.volatile,
            span=span,
            name=self.name,
            needs_json_encoding=self.needs_json_encoding,
            size=self.size,
        )


def variable_for(value: BoundExpression, variable: str, name: str) -> BoundExpression:
    """The variable that holds a value, as an expression which the author calls `name`."""
    return BoundExpression(
        "variable",
        value.type,
        variable,
        nullable=value.nullable,
        reads=value.reads,
        volatile=value.volatile,
        span=value.span,
        name=name,
        needs_json_encoding=value.needs_json_encoding,
        size=value.size,
    )
