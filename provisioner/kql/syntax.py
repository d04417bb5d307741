"""The tree of a KQL text: scalar expressions, pipelines and statements, each with its span."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self

from provisioner.diagnostics import Span

if TYPE_CHECKING:
    from provisioner.kql.binder import Binder
    from provisioner.kql.parser import Parser
    from provisioner.kql.scope import Rows, Scope


@dataclass(slots=True, kw_only=True)
class Node:
    """What every part of the tree has: where it stands. Two trees are equal when they differ in nothing else."""

    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    @property
    def span(self) -> Span:
        """The characters of the text that this node was read from."""
        return Span(self.start, self.end)


class Expression(Node):
    """Something with a scalar value."""

    __slots__ = ()


@dataclass(slots=True)
class Name(Expression):
    """A column, a `let` variable or a parameter, by name; `quoted` for `['name']`."""

    name: str
    quoted: bool = field(default=False, compare=False)


@dataclass(slots=True)
class Literal(Expression):
    """A constant: a type and a value in the inside representation; a dynamic one keeps JSON values."""

    type: str
    value: Any


@dataclass(slots=True)
class Unary(Expression):
    """`-x` or `+x`."""

    operator: str
    operand: Expression


@dataclass(slots=True)
class Binary(Expression):
    """`left operator right`; long chains lean to the left."""

    operator: str
    left: Expression
    right: Expression
    at: Span = field(default=Span(0, 0), compare=False)


@dataclass(slots=True)
class Among(Expression):
    """`x in (…)`, `x has_any (…)`: a value against a list."""

    operator: str
    operand: Expression
    items: list[Expression]
    at: Span = field(default=Span(0, 0), compare=False)


@dataclass(slots=True)
class Between(Expression):
    """`x between (low .. high)`, or `!between`."""

    negated: bool
    operand: Expression
    low: Expression
    high: Expression


@dataclass(slots=True)
class Call(Expression):
    """`name(arguments)`; `labels` holds the parameter name of each argument given by name."""

    name: str
    arguments: list[Expression]
    labels: list[str]
    at: Span = field(default=Span(0, 0), compare=False)


@dataclass(slots=True)
class Member(Expression):
    """`object.name` or `object.['name']`."""

    object: Expression
    name: str


@dataclass(slots=True)
class Index(Expression):
    """`object[index]`."""

    object: Expression
    index: Expression


@dataclass(slots=True)
class Star(Expression):
    """`*` as an argument of an aggregate."""


@dataclass(slots=True)
class TypeOf(Expression):
    """`typeof(long)` as an argument."""

    type: str


@dataclass(slots=True)
class Table(Expression):
    """A pipeline where a scalar or an argument stands: `toscalar(T | …)`, `x in (T | …)`."""

    pipeline: Pipeline


@dataclass(slots=True)
class Missing(Expression):
    """Stands where an expression should have been; already complained about."""


@dataclass(slots=True)
class Item(Node):
    """`name = expression` or a bare expression; several names only for `(a, b) = f(x)`."""

    names: list[str]
    value: Expression
    name_span: Span | None = field(default=None, compare=False)


@dataclass(slots=True)
class Operator(Node):
    """One step after a pipe; the operators' own files say which and what it does."""

    word: ClassVar[str] = ""

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """The operator at the cursor, which stands behind its word."""
        raise NotImplementedError(cls.word)

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:
        """The rows behind it: columns to columns, and the steps from rows to rows."""
        raise NotImplementedError(self.word)


class Source(Node):
    """Where the rows of a pipeline come from."""

    __slots__ = ()


@dataclass(slots=True)
class Pipeline(Node):
    """`source | operator | operator`."""

    source: Source
    operators: list[Operator]


@dataclass(slots=True)
class TableName(Source):
    """A table, `source`, or a `let` variable that holds rows."""

    name: str


@dataclass(slots=True)
class Invocation(Source):
    """A user function that gives rows: `f(1)`."""

    call: Call


@dataclass(slots=True)
class Inner(Source):
    """`(pipeline)` as a source."""

    pipeline: Pipeline


@dataclass(slots=True)
class Print(Source):
    """`print a = 1, 2`: one row."""

    items: list[Item]


@dataclass(slots=True)
class Datatable(Source):
    """`datatable(a: int, b: string) [1, "x"]`: rows written out."""

    columns: list[tuple[str, str]]
    values: list[Expression]


@dataclass(slots=True)
class Range(Source):
    """`range x from 1 to 10 step 1`."""

    name: str
    low: Expression
    high: Expression
    step: Expression


@dataclass(slots=True)
class Union(Source):
    """`union A, B` as a source."""

    pipelines: list[Pipeline]


@dataclass(slots=True)
class Parameter(Node):
    """A parameter of a user function, with its default where it has one."""

    name: str
    type: str
    default: Expression | None = None


@dataclass(slots=True)
class Body(Node):
    """`(parameters) { lets; expression }`: a user function."""

    parameters: list[Parameter]
    lets: list[Let]
    result: Expression | Pipeline


@dataclass(slots=True)
class Let(Node):
    """`let name = value;`."""

    name: str
    value: Expression | Pipeline | Body
    name_span: Span = field(default=Span(0, 0), compare=False)


@dataclass(slots=True)
class Script(Node):
    """The whole text: its `let` statements and the one pipeline that is the answer."""

    lets: list[Let]
    pipeline: Pipeline | None
