"""A bound text: which columns it reads, which it gives, where they come from, and the rows that compute them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.diagnostics import Span
from provisioner.kql.ir.bound_expression import BoundExpression
from provisioner.kql.ir.row_steps import Rows
from provisioner.kql.vocabulary.dialects import Dialect


# weakref_slot: evaluation keeps the compiled functions of a query beside it, for as long as the query lives.
@dataclass(slots=True, eq=False, weakref_slot=True)
class Query:
    """A text that could be bound.

    `columns`: name to KQL type in output order. `reads`: the input columns used, in the order of the tables' columns.
    `lineage`: output column to the input columns that it comes from. `volatile`: output column to the functions that
    make it differ from run to run or that only Azure can answer, such as now() and geo_location().
    `spans`: output column to the piece of the text that defines it. `tables`: the tables read.
    `column_definitions`: each definition of a column in the order of the text, with its name, span and value.
    `shared_values`: variable to the `let` value that is computed once, before the first row.
    """

    text: str
    dialect: Dialect
    columns: dict[str, str]
    reads: tuple[str, ...]
    lineage: dict[str, tuple[str, ...]]
    volatile: dict[str, frozenset[str]]
    spans: dict[str, Span]
    tables: tuple[str, ...]
    rows: Rows
    shared_values: Mapping[str, BoundExpression] = field(default_factory=dict)
    reads_table_twice: bool = False
    column_definitions: tuple[tuple[str, Span, BoundExpression], ...] = ()

    @property
    def unchanged_columns(self) -> dict[str, str]:
        """Output column to the input column whose values it holds as they came, under whatever name."""
        # A bare column keeps its variable through every step; what computes a value assigns it to a new one.
        inputs = {column.variable: column.name for column in self.rows.source.columns if self.rows.source.table}
        return {
            name: inputs[column.variable] for name, column in self.rows.columns.items() if column.variable in inputs
        }
