"""The tree of a KQL text: scalar expressions, pipelines and statements, each with its span."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from provisioner.diagnostics import Span
from provisioner.kql.vocabulary.struct_class import Record, unseen

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.scope import Rows, Scope
    from provisioner.kql.syntax.query_parser import Parser


class Node(Record):
    """What every part of the tree has: where it stands. Two trees are equal when they differ in nothing else."""

    start: int = unseen(default=0, kw_only=True)
    end: int = unseen(default=0, kw_only=True)

    @property
    def span(self) -> Span:
        """The characters of the text that this node was read from."""
        return Span(self.start, self.end)


class Expression(Node):
    """Something with a scalar value."""


class Name(Expression):
    """A column, a `let` variable or a parameter, by name; `quoted` for `['name']`."""

    name: str
    quoted: bool = unseen(default=False)


class Literal(Expression):
    """A constant: a type and a value in the inside representation; a dynamic one keeps JSON values."""

    type: str
    value: Any


class Unary(Expression):
    """`-x` or `+x`."""

    operator: str
    operand: Expression


class Binary(Expression):
    """`left operator right`; long chains lean to the left."""

    operator: str
    left: Expression
    right: Expression
    at: Span = unseen(default=Span(0, 0))


class Among(Expression):
    """`x in (…)`, `x has_any (…)`: a value against a list."""

    operator: str
    operand: Expression
    items: list[Expression]
    at: Span = unseen(default=Span(0, 0))


class Between(Expression):
    """`x between (low .. high)`, or `!between`."""

    negated: bool
    operand: Expression
    low: Expression
    high: Expression


class Call(Expression):
    """`name(arguments)`; `labels` holds the parameter name of each argument given by name."""

    name: str
    arguments: list[Expression]
    labels: list[str]
    at: Span = unseen(default=Span(0, 0))


class Member(Expression):
    """`object.name` or `object.['name']`."""

    object: Expression
    name: str


class Index(Expression):
    """`object[index]`."""

    object: Expression
    index: Expression


class Star(Expression):
    """`*` as an argument of an aggregate."""


class TypeOf(Expression):
    """`typeof(long)` as an argument."""

    type: str


class Table(Expression):
    """A pipeline where a scalar or an argument stands: `toscalar(T | …)`, `x in (T | …)`."""

    pipeline: Pipeline


class Missing(Expression):
    """Stands where an expression should have been; already complained about."""


class Item(Node):
    """`name = expression` or a bare expression; several names only for `(a, b) = f(x)`."""

    names: list[str]
    value: Expression
    name_span: Span | None = unseen(default=None)


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


class Pipeline(Node):
    """`source | operator | operator`."""

    source: Source
    operators: list[Operator]


class TableName(Source):
    """A table, `source`, or a `let` variable that holds rows."""

    name: str


class Invocation(Source):
    """A user function that gives rows: `f(1)`."""

    call: Call


class Inner(Source):
    """`(pipeline)` as a source."""

    pipeline: Pipeline


class Print(Source):
    """`print a = 1, 2`: one row."""

    items: list[Item]


class Datatable(Source):
    """`datatable(a: int, b: string) [1, "x"]`: rows written out."""

    columns: list[tuple[str, str]]
    values: list[Expression]


class Range(Source):
    """`range x from 1 to 10 step 1`."""

    name: str
    low: Expression
    high: Expression
    step: Expression


class Union(Source):
    """`union A, B` as a source; `label` is the column that names each row's table, "" for none.

    `inner` keeps the columns that all have; `fuzzy` passes over tables that do not exist.
    """

    pipelines: list[Pipeline]
    label: str
    inner: bool
    fuzzy: bool


class Parameter(Node):
    """A parameter of a user function, with its default where it has one."""

    name: str
    type: str
    default: Expression | None = None


class Body(Node):
    """`(parameters) { lets; expression }`: a user function."""

    parameters: list[Parameter]
    lets: list[Let]
    result: Expression | Pipeline


class Let(Node):
    """`let name = value;`."""

    name: str
    value: Expression | Pipeline | Body
    name_span: Span = unseen(default=Span(0, 0))


class Script(Node):
    """The whole text: its `let` statements and the one pipeline that is the answer."""

    lets: list[Let]
    pipeline: Pipeline | None
