"""The tree of a KQL text: scalar expressions, pipelines and statements, each with its span; data and no behaviour.

Operators are the one kind of node that is open: each file in `kql.operators` adds its own.
"""

from __future__ import annotations

from typing import Any

from provisioner.diagnostics import Span
from provisioner.kql.vocabulary.struct_class import Struct, uncompared


class Node(Struct):
    """A part of the tree, from character `start` to `end` of the text; equality does not look at these two."""

    # two numbers instead of a Span: one is made for every node, and few are asked for
    start: int = uncompared(default=0, kw_only=True)
    end: int = uncompared(default=0, kw_only=True)

    @property
    def span(self) -> Span:
        """The characters of the text that this node was read from."""
        return Span(self.start, self.end)


class Expression(Node):
    """Something with a scalar value."""


class Name(Expression):
    """A column, a `let` variable or a parameter, by name; `quoted` for `['name']`."""

    name: str
    quoted: bool = uncompared(default=False)


class Literal(Expression):
    """A constant: its type, and its value in the inside representation of `kql.values`."""

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
    operator_span: Span = uncompared(default=Span(0, 0))


class ListTest(Expression):
    """`x in (…)`, `x has_any (…)`: a value against a list."""

    operator: str
    operand: Expression
    items: list[Expression]
    operator_span: Span = uncompared(default=Span(0, 0))


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
    name_span: Span = uncompared(default=Span(0, 0))


class MemberAccess(Expression):
    """`object.name` or `object.['name']`."""

    object: Expression
    name: str


class IndexAccess(Expression):
    """`object[index]`."""

    object: Expression
    index: Expression


class Star(Expression):
    """`*` as an argument of an aggregate."""


class TypeOf(Expression):
    """`typeof(long)` as an argument."""

    type: str


class ColumnItem(Node):
    """`name = expression` or a bare expression; several names only for `(a, b) = f(x)`."""

    names: list[str]
    value: Expression
    name_span: Span | None = uncompared(default=None)


class Operator(Node):
    """One step behind a pipe; the file of each operator in `kql.operators` defines its node."""


class As(Operator):
    """`as Name`."""

    name: str


class UnreadableOperator(Operator):
    """Stands for an operator that could not be parsed, which has been reported."""


class Source(Node):
    """Where the rows of a pipeline come from."""


class Pipeline(Node):
    """`source | operator | operator`."""

    source: Source
    operators: list[Operator]


class TableName(Source):
    """A table, `source`, or a `let` variable that holds rows."""

    name: str


class FunctionSource(Source):
    """A user function that gives rows: `f(1)`."""

    call: Call


class ParenthesizedSource(Source):
    """`(pipeline)` where a table can stand."""

    pipeline: Pipeline


class PrintSource(Source):
    """`print a = 1, 2`: one row of computed columns."""

    items: list[ColumnItem]


class DatatableSource(Source):
    """`datatable(a: int, b: string) [1, "x"]`: names and types of the columns, and the cells row by row."""

    columns: list[tuple[str, str]]
    values: list[Expression]


class RangeSource(Source):
    """`range x from 1 to 10 step 1`."""

    name: str
    low: Expression
    high: Expression
    step: Expression


class UnionSource(Source):
    """`union A, B`; `source_column` is the name of the column that names each row's table, "" for none."""

    pipelines: list[Pipeline]
    source_column: str
    common_columns_only: bool
    skips_missing_tables: bool


class Parameter(Node):
    """A parameter of a user function, with its default where it has one."""

    name: str
    type: str
    default: Expression | None = None


class FunctionBody(Node):
    """`(parameters) { lets; expression }`: a user function."""

    parameters: list[Parameter]
    lets: list[Let]
    result: Expression | Pipeline


class Let(Node):
    """`let name = value;`."""

    name: str
    value: Expression | Pipeline | FunctionBody
    name_span: Span = uncompared(default=Span(0, 0))


class Script(Node):
    """The whole text: its `let` statements and the one pipeline whose rows are the result."""

    lets: list[Let]
    pipeline: Pipeline | None
