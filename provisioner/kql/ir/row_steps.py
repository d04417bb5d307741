"""Rows as data: where they begin, the steps they go through, and the columns they have at one point of a pipeline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from provisioner.kql.ir.bound_expression import BoundColumn, BoundExpression
from provisioner.kql.values import Value
from provisioner.kql.vocabulary.struct_class import Struct


class AssignVariable(Struct):
    """`variable = value` for each row."""

    variable: str
    value: BoundExpression


class FilterRows(Struct):
    """Only rows for which the condition is true; false and null drop a row."""

    condition: BoundExpression


class FlatMapRows(Struct):
    """One row for each item that `function(*arguments)` yields; the parts of an item become `variables`."""

    variables: list[str]
    function: Callable[..., Iterator[Value | Sequence[Value]]]
    arguments: Sequence[BoundExpression]


class LimitRows(Struct):
    """Only the first `count` rows."""

    count: int


class DistinctRows(Struct):
    """Only the first row of each combination of keys."""

    keys: Sequence[BoundExpression]


class Barrier(Struct):
    """A step that has to see all rows before it gives one.

    `function` takes the arguments of each row as tuples, and the RunContext; it yields tuples for `variables`.
    """

    function: Callable[..., Iterator[tuple[Value, ...]]]
    arguments: Sequence[BoundExpression]
    variables: list[str]


Step = AssignVariable | FilterRows | FlatMapRows | LimitRows | DistinctRows | Barrier


@dataclass(slots=True)
class RowSource:
    """Where rows begin: the records of `table`, constant tuples, or the rows of `parts` one part after the other.

    `columns` are the columns whose variables hold a record's cells, the members of a tuple, or a part's outputs.
    """

    table: str | None = None
    columns: list[BoundColumn] = field(default_factory=list)
    constants: list[tuple[Value, ...]] = field(default_factory=list)
    parts: list[Rows] = field(default_factory=list)


@dataclass(slots=True)
class Rows:
    """The rows at one point of a pipeline: their columns, and the steps that lead there.

    `columns_unknown`: an earlier part of the text could not be read, so any column may exist.
    `filter_columns`: the input columns that decide whether a row gets here.
    `table_name`: what `$table` means, the name of the table that each row comes from; it is no column of the result.
    """

    columns: dict[str, BoundColumn]
    source: RowSource
    steps: list[Step] = field(default_factory=list)
    columns_unknown: bool = False
    filter_columns: frozenset[str] = frozenset()
    table_name: BoundColumn | None = None

    def with_steps(self, columns: dict[str, BoundColumn], *steps: Step) -> Rows:
        """The rows after further steps, with the columns they then have."""
        # a copy: the same rows may be the start of two pipelines, as those of a `let` are
        all_steps = [*self.steps, *steps]
        return Rows(columns, self.source, all_steps, self.columns_unknown, self.filter_columns, self.table_name)
