"""`getschema`: the columns themselves, one a row."""

from __future__ import annotations

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.bound_expression import BoundColumn
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import Rows, RowSource
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser

_DOTNET_TYPES = {
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


class GetSchema(tree.Operator):
    """`getschema`."""


def _parse(parser: PipelineParser) -> GetSchema:  # noqa: ARG001 - nothing follows the word
    """Nothing but the word."""
    return GetSchema()


def _bind(context: PipelineContext, node: GetSchema, rows: Rows, scope: Scope) -> Rows:  # noqa: ARG001
    """ColumnName, ColumnOrdinal, DataType and ColumnType of each column."""
    types = {"ColumnName": "string", "ColumnOrdinal": "long", "DataType": "string", "ColumnType": "string"}
    columns = {
        name: BoundColumn(name, type_name, context.new_variable(), span=node.span, nullable=False)
        for name, type_name in types.items()
    }
    constants = [
        (column.name, ordinal, _DOTNET_TYPES.get(column.type, "System.Object"), column.type)
        for ordinal, column in enumerate(rows.columns.values())
    ]
    # Known when the query is bound: a source of its own, which reads none of the rows before.
    return Rows(columns, RowSource(columns=list(columns.values()), constants=list(constants)))


GET_SCHEMA = OperatorSpec("getschema", GetSchema, parse=_parse, bind=_bind)
