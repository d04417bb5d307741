"""Expressions that are computed from others: a class for each way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from provisioner.diagnostics import Span
from provisioner.kql.ir.bound_expression import NO_NAMES, NO_SPAN, BoundExpression

_GROWING_TYPES = frozenset(("string", "dynamic", "parts", "unknown"))
_NOT_IN_JSON = frozenset(("datetime", "timespan", "guid", "decimal", "real"))
"""The types that JSON has no word for (a real may be NaN): a dynamic made from one is encoded when it goes out."""


NO_HELPERS: Mapping[str, object] = {}


class ComposedExpression(BoundExpression):
    """An expression over others: it reads what they read and is as volatile as they are.

    Where `nullable` is left out, the result can be null if an argument can; a string is never null. Where
    `needs_json_encoding` is left out, the result needs it if an argument does.
    """

    def __init__(
        self,
        type_name: str,
        arguments: Sequence[BoundExpression],
        nullable: bool | None = None,
        volatile: frozenset[str] = NO_NAMES,
        span: Span = NO_SPAN,
        name: str | None = None,
        needs_json_encoding: bool | None = None,
    ) -> None:
        reads: frozenset[str] = NO_NAMES
        nullable_argument = False
        encoded_argument = False
        size = 0
        for argument in arguments:
            # most of these sets are empty: no new set where one side is
            reads = reads | argument.reads if reads else argument.reads
            volatile = volatile | argument.volatile if volatile else argument.volatile
            nullable_argument = nullable_argument or argument.nullable
            encoded_argument = encoded_argument or argument.needs_json_encoding or argument.type in _NOT_IN_JSON
            size += argument.size
        super().__init__(
            type_name,
            tuple(arguments),
            # a string is never null in Kusto: its null is the empty string
            type_name != "string" and (nullable_argument if nullable is None else nullable),
            reads,
            volatile,
            span,
            name,
            encoded_argument if needs_json_encoding is None else needs_json_encoding,
            max(size, 1) if type_name in _GROWING_TYPES else 1,
        )


class TemplateExpression(ComposedExpression):
    """Python text that holds `{0}`, `{1}` … for the arguments and `{name}` for what stands in `helpers`.

    `function_name`: the function that it is a call of, if it is one.
    """

    template: Final[str]
    helpers: Final[Mapping[str, object]]
    function_name: Final[str]

    def __init__(
        self,
        type_name: str,
        template: str,
        arguments: Sequence[BoundExpression],
        *,
        helpers: Mapping[str, object] | None = None,
        function_name: str = "",
        nullable: bool | None = None,
        volatile: frozenset[str] = NO_NAMES,
        span: Span = NO_SPAN,
        name: str | None = None,
        needs_json_encoding: bool | None = None,
    ) -> None:
        super().__init__(type_name, arguments, nullable, volatile, span, name, needs_json_encoding)
        self.template = template
        self.helpers = NO_HELPERS if helpers is None else helpers
        self.function_name = function_name


class NullPropagatingTemplate(TemplateExpression):
    """A template that is not computed where an argument is null: the result is null then."""


class NullAwareTemplate(TemplateExpression):
    """A template that handles null itself."""


class MemberAccess(ComposedExpression):
    """A member of a bag by its key: null where there is none, and where the dynamic is no bag."""

    def __init__(self, bag: BoundExpression, key: BoundExpression, span: Span) -> None:
        needs_encoding = bag.needs_json_encoding
        super().__init__("dynamic", (bag, key), nullable=True, span=span, needs_json_encoding=needs_encoding)


class Equality(ComposedExpression):
    """`==`, or `!=` where it is negated: null where both sides are."""

    negated: Final[bool]

    def __init__(self, left: BoundExpression, right: BoundExpression, span: Span, *, negated: bool = False) -> None:
        super().__init__("bool", (left, right), left.nullable and right.nullable, NO_NAMES, span)
        self.negated = negated


class Logic(ComposedExpression):
    """Two conditions as one, with null as the third value."""

    def __init__(self, left: BoundExpression, right: BoundExpression, span: Span) -> None:
        super().__init__("bool", (left, right), span=span)


class And(Logic):
    """False where a side is; null where no side is false and one is null."""


class Or(Logic):
    """True where a side is; null where no side is true and one is null."""


class Case(ComposedExpression):
    """The result of the first condition that is true: the arguments are condition, result … and the rest's result."""

    def __init__(self, type_name: str, arguments: Sequence[BoundExpression], span: Span) -> None:
        results = [*arguments[1::2], arguments[-1]]
        super().__init__(type_name, arguments, nullable=any(result.nullable for result in results), span=span)


class LetIn(ComposedExpression):
    """A result with variables that it reads: the arguments are a value for each of `variables`, and the result."""

    variables: Final[tuple[str, ...]]

    def __init__(
        self, variables: Sequence[str], values: Sequence[BoundExpression], result: BoundExpression, span: Span
    ) -> None:
        super().__init__(result.type, (*values, result), nullable=result.nullable, span=span)
        self.variables = tuple(variables)
