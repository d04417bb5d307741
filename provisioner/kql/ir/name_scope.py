"""What names mean at one point of a text: `let` variables, parameters, user functions, and the columns at hand."""

from __future__ import annotations

from dataclasses import dataclass, field

from provisioner.kql.ir.bound_expression import BoundColumn, BoundExpression
from provisioner.kql.ir.row_steps import Rows
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary.struct_class import Struct

TABLE_NAME = "$table"
"""The name by which a query asks each row for its table. Source: Azure Monitor, log-standard-columns."""


class UserFunction(Struct):
    """A function of the author's with the names that were visible where it was written."""

    body: tree.FunctionBody
    scope: Scope


class RowsBinding(Struct):
    """A `let` variable that holds rows: its pipeline is bound again wherever the name is used."""

    pipeline: tree.Pipeline
    scope: Scope


Meaning = BoundExpression | UserFunction | RowsBinding


@dataclass(slots=True)
class Scope:
    """Names from `let` and parameters, one block inside another, with the rows whose columns can be named."""

    names: dict[str, Meaning] = field(default_factory=dict)
    outer: Scope | None = None
    rows: Rows | None = None

    def lookup(self, name: str) -> Meaning | None:
        """What a name stands for, innermost first; None where it stands for nothing."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None

    def visible_names(self) -> list[str]:
        """Every name that could be meant here, for a suggestion."""
        columns = list(self.rows.columns) if self.rows is not None else []
        return [*columns, *self.names, *(self.outer.visible_names() if self.outer is not None else [])]

    def with_rows(self, rows: Rows | None) -> Scope:
        """The same names with other rows."""
        return Scope({}, self, rows)

    def nearest_rows(self) -> Rows | None:
        """The rows whose columns can be named here; None outside of a pipeline."""
        scope: Scope | None = self
        while scope is not None:
            if scope.rows is not None:
                return scope.rows
            scope = scope.outer
        return None

    def find_column(self, name: str) -> BoundColumn | None:
        """The column of that name in the nearest rows; an outer pipeline's columns cannot be named."""
        rows = self.nearest_rows()
        if rows is None:
            return None
        return rows.columns.get(name) or (rows.table_name if name == TABLE_NAME else None)

    @property
    def columns_unknown(self) -> bool:
        """Whether a name that is not visible may be a column all the same: a part of the text could not be read."""
        rows = self.nearest_rows()
        return rows is not None and rows.columns_unknown
