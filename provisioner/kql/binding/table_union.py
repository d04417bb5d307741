"""The rows of several tables as one: which columns the result has, and what each row's table is called."""

from __future__ import annotations

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.ir.bound_expression import BoundColumn, Constant
from provisioner.kql.ir.name_scope import TABLE_NAME, Scope
from provisioner.kql.ir.row_steps import AssignVariable, Rows, RowSource
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary.struct_class import Struct


class _OutputColumn(Struct):
    """A column of the result: its name, and the name and type of the tables' column that fills it."""

    name: str
    table_column: str
    type: str


def bind_union(
    context: PipelineContext, union: tree.UnionSource, scope: Scope, rows_before: Rows | None = None
) -> Rows:
    """The rows of a union; behind a pipe, `rows_before` are those in front of it, which come first."""
    pipelines = [
        pipeline
        for pipeline in union.pipelines
        if not (union.skips_missing_tables and _is_missing_table(context, pipeline, scope))
    ]
    parts = [context.bind_pipeline(pipeline, scope) for pipeline in pipelines]
    table_names = [_table_name(pipeline, scope) for pipeline in pipelines]
    if rows_before is not None:
        parts.insert(0, rows_before)
        table_names.insert(0, None)
    return _unite(context, union, parts, table_names)


def _is_missing_table(context: PipelineContext, part: tree.Pipeline, scope: Scope) -> bool:
    source = part.source
    return (
        isinstance(source, tree.TableName) and scope.lookup(source.name) is None and source.name not in context.tables
    )


def _table_name(part: tree.Pipeline, scope: Scope) -> str | None:
    """The name of a part that is a bare table or ends in `as`; None for one that is anything else."""
    if isinstance(part.source, tree.TableName):
        return part.source.name if scope.lookup(part.source.name) is None else None
    steps = part.source.pipeline.operators if isinstance(part.source, tree.ParenthesizedSource) else []
    return steps[-1].name if steps and isinstance(steps[-1], tree.As) else None


def _unite(
    context: PipelineContext, union: tree.UnionSource, parts: list[Rows], table_names: list[str | None]
) -> Rows:  # fmt: skip
    """The rows of all parts with the columns of all, or those they share; where types differ, a column for each."""
    if union.source_column:
        parts = [
            _with_source_column(context, union, part, table_names[position] or f"union_arg{position}")
            for position, part in enumerate(parts)
        ]
    output_columns = _output_columns(parts, common_columns_only=union.common_columns_only)
    columns = {
        output.name: BoundColumn(
            output.name,
            output.type,
            context.new_variable(),
            reads=_columns_read(parts, output.table_column),
            needs_json_encoding=_needs_json_encoding(parts, output.table_column),
        )
        for output in output_columns
    }
    arranged = [_arrange_columns(part, output_columns) for part in parts]
    table_name = _united_table_name(context, parts, arranged)
    source_columns = [*columns.values(), *([table_name] if table_name else [])]
    source = RowSource(columns=source_columns, parts=arranged)
    return Rows(columns, source, columns_unknown=any(part.columns_unknown for part in parts), table_name=table_name)


def _united_table_name(context: PipelineContext, parts: list[Rows], arranged: list[Rows]) -> BoundColumn | None:
    """What `$table` means in the union: one more column of each arranged part, "" where a part is no table's."""
    if not any(part.table_name for part in parts):
        return None
    for part, arranged_part in zip(parts, arranged, strict=True):
        arranged_part.columns[TABLE_NAME] = part.table_name or BoundColumn(TABLE_NAME, "string", '""', nullable=False)
    return BoundColumn(TABLE_NAME, "string", context.new_variable(), nullable=False)


def _output_columns(parts: list[Rows], *, common_columns_only: bool) -> list[_OutputColumn]:
    # Kusto makes `x_long` and `x_string` of two columns `x` whose types differ
    types_by_name: dict[str, list[str]] = {}
    for part in parts:
        for column in part.columns.values():
            types = types_by_name.setdefault(column.name, [])
            if column.type not in types:
                types.append(column.type)
    return [
        _OutputColumn(name if len(types) == 1 else f"{name}_{type_name}", name, type_name)
        for name, types in types_by_name.items()
        for type_name in types
        if not common_columns_only
        or all(name in part.columns and part.columns[name].type == type_name for part in parts)
    ]


def _with_source_column(context: PipelineContext, union: tree.UnionSource, part: Rows, table_name: str) -> Rows:
    """The rows with the name of their table as their first column."""
    variable = context.new_variable()
    column = BoundColumn(union.source_column, "string", variable, span=union.span, nullable=False)
    assignment = AssignVariable(variable, Constant("string", table_name, union.span))
    return part.with_steps({union.source_column: column, **part.columns}, assignment)


def _columns_read(parts: list[Rows], name: str) -> frozenset[str]:
    return frozenset().union(*(part.columns[name].reads for part in parts if name in part.columns))


def _needs_json_encoding(parts: list[Rows], name: str) -> bool:
    return any(part.columns[name].needs_json_encoding for part in parts if name in part.columns)


def _arrange_columns(part: Rows, output_columns: list[_OutputColumn]) -> Rows:
    """The part with exactly the columns of the result, null where it has none of the name and type."""
    columns: dict[str, BoundColumn] = {}
    for output in output_columns:
        column = part.columns.get(output.table_column)
        if column is None or column.type != output.type:
            null = '""' if output.type == "string" else "(None)"
            column = BoundColumn(output.name, output.type, null, nullable=True)
        columns[output.name] = column
    return part.with_steps(columns)
