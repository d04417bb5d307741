"""Expressions after binding, typed, with what they read: their common base, values, variables and columns.

How an expression is computed is its class: `Constant`, `TypeName` and `Variable` here, what is computed from other
expressions in `kql.ir.composed_expressions`.
"""

from __future__ import annotations

from typing import Any, Final, Self

from provisioner.diagnostics import Span
from provisioner.kql.vocabulary.struct_class import Struct

NO_NAMES: frozenset[str] = frozenset()
NO_SPAN = Span(0, 0)
MAX_SIZE = 100_000
"""How many values a text or a dynamic may be put together from; a name used twice, over and over, doubles it."""


# Constructors by hand, and `Final` for the type checker: a frozen dataclass sets each field by a call, and binding a
# text of one page makes hundreds of expressions.
class BoundExpression:
    """A typed expression.

    `arguments`: the expressions that it is computed from. `reads`: the input columns that it depends on.
    `volatile`: the functions that make it differ from run to run.
    `name`: the column or variable that it was named by, if any.
    `needs_json_encoding`: a dynamic may hold values that JSON cannot say, such as datetimes.
    `size`: how many values a text or a dynamic is put together from, at most.
    """

    type: Final[str]
    arguments: Final[tuple[BoundExpression, ...]]
    nullable: Final[bool]
    reads: Final[frozenset[str]]
    volatile: Final[frozenset[str]]
    span: Final[Span]
    name: Final[str | None]
    needs_json_encoding: Final[bool]
    size: Final[int]

    def __init__(
        self,
        type_name: str,
        arguments: tuple[BoundExpression, ...],
        nullable: bool,
        reads: frozenset[str],
        volatile: frozenset[str],
        span: Span,
        name: str | None,
        needs_json_encoding: bool,
        size: int,
    ) -> None:
        self.type = type_name
        self.arguments = arguments
        self.nullable = nullable
        self.reads = reads
        self.volatile = volatile
        self.span = span
        self.name = name
        self.needs_json_encoding = needs_json_encoding
        self.size = size

    def renamed(self, name: str | None, span: Span | None = None) -> Self:
        """The same expression as one that the author calls `name`, and wrote at `span` where that is given."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy.__dict__["name"] = name
        if span is not None:
            copy.__dict__["span"] = span
        return copy

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


class Constant(BoundExpression):
    """A value that is the same for every row, in the inside representation of `kql.values`."""

    value: Final[Any]

    def __init__(self, type_name: str, value: Any, span: Span = NO_SPAN, name: str | None = None) -> None:
        super().__init__(type_name, (), value is None, NO_NAMES, NO_NAMES, span, name, type_name == "dynamic", 1)
        self.value = value


class TypeName(Constant):
    """`typeof(long)`: a string, the name of the type that a function is to give."""


class Variable(BoundExpression):
    """What a variable of the generated code holds; `variable` is its name there, or the text of a null."""

    variable: Final[str]

    def __init__(
        self,
        type_name: str,
        variable: str,
        *,
        nullable: bool = True,
        reads: frozenset[str] = NO_NAMES,
        volatile: frozenset[str] = NO_NAMES,
        span: Span = NO_SPAN,
        name: str | None = None,
        needs_json_encoding: bool = False,
        size: int = 1,
    ) -> None:
        super().__init__(type_name, (), nullable, reads, volatile, span, name, needs_json_encoding, size)
        self.variable = variable

    @classmethod
    def holding(cls, value: BoundExpression, variable: str, name: str) -> Variable:
        """The variable that a value is assigned to, which the author calls `name`."""
        return cls(
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


class BoundColumn(Struct):
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

    def as_expression(self, span: Span) -> Variable:
        """The column as an expression that stands at `span`."""
        return Variable(
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

    def renamed(self, name: str) -> BoundColumn:
        """The same cells under another name."""
        return BoundColumn(
            name,
            self.type,
            self.variable,
            self.reads,
            self.volatile,
            self.span,
            self.nullable,
            self.needs_json_encoding,
            self.size,
        )
