"""`getschema`: the columns themselves, one a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql.ir.bound_expression import Column
from provisioner.kql.ir.scope import Origin, Rows
from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.syntax import tree

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.scope import Scope
    from provisioner.kql.syntax.query_parser import Parser

_DATA_TYPES = {
    "bool": "System.SByte",
    "int": "System.Int32",
    "long": "System.Int64",
    "real": "System.Double",
    "decimal": "System.Data.SqlTypes.SqlDecimal",
    "string": "System.String",
    "datetime": "System.DateTime",
    "timespan": "System.TimeSpan",
    "guid": "System.Guid",
    "dynamic": "System.Object",
}


@operator("getschema")
class GetSchema(tree.Operator):
    """`getschema`."""

    @classmethod
    def parse(cls, parser: Parser) -> Self:  # noqa: ARG003 - nothing follows the word
        """Nothing but the word."""
        return cls()

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:  # noqa: ARG002
        """ColumnName, ColumnOrdinal, DataType and ColumnType of each column."""
        kinds = {"ColumnName": "string", "ColumnOrdinal": "long", "DataType": "string", "ColumnType": "string"}
        columns = {
            name: Column(name, kind, binder.variable(), span=self.span, nullable=False) for name, kind in kinds.items()
        }
        constants = [
            (column.name, place, _DATA_TYPES.get(column.type, "System.Object"), column.type)
            for place, column in enumerate(rows.columns.values())
        ]
        return Rows(columns, Origin(columns=list(columns.values()), constants=list(constants)))
