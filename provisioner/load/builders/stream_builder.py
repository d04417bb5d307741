"""Streams as written → streams with columns, flows and tests; columns that are left out come from the table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from provisioner.load.builders.transform_test_builder import build_transform_tests
from provisioner.load.schema.manifest_errors import ManifestErrors
from provisioner.model import (
    PASSTHROUGH,
    WORKSPACE_STREAM_PREFIX,
    Columns,
    Flow,
    ManifestPath,
    Stream,
    Table,
    builtin_stream_table,
)
from provisioner.package_data import load_facts
from provisioner.suggest import did_you_mean, unused_name

# Azure fills these in itself: senders cannot set them. schemas/builtin_tables.json lists them among the columns.
# Source: https://learn.microsoft.com/azure/azure-monitor/logs/log-standard-columns
_PLATFORM_COLUMNS = frozenset({"TenantId", "Type", "MG", "ManagementGroupName", "SourceSystem"})
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def build_streams(values: Mapping[str, Any], tables: Mapping[str, Table], errors: ManifestErrors) -> dict[str, Stream]:
    """Every stream of the manifest, by its key; errors are collected in `errors`."""
    return {key: _stream(key, stream, tables, errors) for key, stream in values.items()}


def build_workspace_transforms(
    values: Mapping[str, Any], tables: Mapping[str, Table], errors: ManifestErrors
) -> dict[str, Stream]:
    """What the workspace's own rule does with the rows of each table, as streams of one flow into that table."""
    return {table: _workspace_transform(table, fields, tables, errors) for table, fields in values.items()}


def _workspace_transform(
    table: str, values: dict[str, Any], tables: Mapping[str, Table], errors: ManifestErrors
) -> Stream:
    path: ManifestPath = ("workspace_transforms", table)
    declared = "columns" in values or (*path, "columns") in errors.broken
    types, _ = _table_column_types(table, tables)
    if types is None and not declared:
        errors.broken.add((*path, "columns"))
        likely = did_you_mean(table, [*tables, *load_facts("builtin_tables.json")["tables"]])
        hint = likely or "write `columns: {TimeGenerated: datetime, …}`: those of the table that the transform reads"
        errors.add("MAN015", f"the columns of {table!r} are not known here", path, hint, key=True)
    columns = build_columns(values["columns"]) if "columns" in values else Columns(types or {})
    return Stream(
        table,
        f"{WORKSPACE_STREAM_PREFIX}{table}",
        columns,
        (Flow(table, values.get("transform", PASSTHROUGH), written="transform" in values, path=path),),
        tuple(values.get("samples", ())),
        tuple(build_transform_tests(path, values, [table], errors)),
        declared,
        section="workspace_transforms",
    )


def build_columns(values: Mapping[str, Any]) -> Columns:
    """Column names with their types and descriptions; a column whose type is wrong has the type ``''``."""
    descriptions = {name: column["description"] for name, column in values.items() if "description" in column}
    return Columns({name: column.get("type", "") for name, column in values.items()}, descriptions)


def _stream(key: str, values: dict[str, Any], tables: Mapping[str, Table], errors: ManifestErrors) -> Stream:
    path = ("streams", key)
    flow_values = values.get("flows", [values])
    _check_tables(key, values, errors)
    table_names = [flow["table"] for flow in flow_values if "table" in flow]
    declared = "columns" in values or (*path, "columns") in errors.broken
    builtin_table = builtin_stream_table(values.get("stream", key))
    guid_columns: tuple[str, ...]
    if not declared and builtin_table is not None and builtin_table in load_facts("builtin_tables.json")["tables"]:
        # Such a stream has the types of its table, guid included, so nothing is cast.
        columns, guid_columns = _columns_of_builtin_stream(key, builtin_table, errors), ()
    elif declared:
        columns, guid_columns = build_columns(values.get("columns", {})), ()
    else:
        columns, guid_columns = _columns_of_table(key, table_names, tables, errors)
    flows = tuple(
        _flow(flow, flow_path, guid_columns, tuple(columns))
        for flow_path, flow in zip(_flow_paths(path, values), flow_values, strict=True)
        if "table" in flow
    )
    return Stream(
        key,
        values.get("stream", key),
        columns,
        flows,
        tuple(values.get("samples", ())),
        tuple(build_transform_tests(path, values, table_names, errors)),
        declared,
        values.get("sender"),
    )


def _check_tables(key: str, values: dict[str, Any], errors: ManifestErrors) -> None:
    """A stream has at least one table, and each table once."""
    path = ("streams", key)
    # A stream whose table is wrong has one error already.
    broken = {(*path, "table"), (*path, "flows"), path} & errors.broken
    if not broken and "table" not in values and not values.get("flows"):
        errors.broken.add((*path, "table"))
        hint = f"write `table: NAME_CL` under {key!r}, or `flows` for several tables"
        errors.add("MAN003", f"the stream {key!r} leads to no table", (*path, "table"), hint)
    seen: set[str] = set()
    for index, flow in enumerate(values.get("flows", ())):
        if (table := flow.get("table")) in seen:
            message = f"the stream {key!r} flows twice into {table!r}"
            hint = "join the two transforms with `union`, or use two streams"
            errors.add("MAN014", message, (*path, "flows", index, "table"), hint)
        if table is not None:
            seen.add(table)


def _columns_of_builtin_stream(key: str, table: str, errors: ManifestErrors) -> Columns:
    """The columns of one of Azure's own streams: those of the table that it is named after, whatever it flows into."""
    types, _ = _table_column_types(table, {})
    if types is None:
        path = ("streams", key)
        errors.broken.add((*path, "columns"))
        hint = "send to a stream of your own: call it `Custom-…` and write its `columns`"
        errors.add(
            "MAN015",
            f"the columns of {table!r} are not known here, so nobody can send to {key!r} by this",
            path,
            hint,
            key=True,
        )
        return Columns({})
    return Columns(types)


def _columns_of_table(
    key: str, table_names: list[str], tables: Mapping[str, Table], errors: ManifestErrors
) -> tuple[Columns, tuple[str, ...]]:
    """The columns of the stream's only table, and those of them that need a cast back to guid.

    A stream cannot declare a guid (see `model.ColumnType`), so its guid columns are strings.
    """
    path = ("streams", key)
    if len(table_names) > 1:
        _require_columns(
            path, f"the stream {key!r} feeds several tables, so its columns cannot be taken from one", errors
        )
        return Columns({}), ()
    if not table_names:
        errors.broken.add((*path, "columns"))
        return Columns({}), ()
    types, is_known_table = _table_column_types(table_names[0], tables)
    if types is None:
        if is_known_table:
            _require_columns(
                path,
                f"the columns of {table_names[0]!r} are not known here, so the stream {key!r} needs its own",
                errors,
            )
        else:
            # The rule flow_table reports that there is no such table.
            errors.broken.add((*path, "columns"))
        return Columns({}), ()
    # Columns copied from a broken table are not the author's: rules must not judge them.
    if ("tables", table_names[0], "columns") in errors.broken:
        errors.broken.add((*path, "columns"))
    guids = tuple(name for name, type_ in types.items() if type_ == "guid")
    return Columns({name: "string" if name in guids else type_ for name, type_ in types.items()}), guids


def _table_column_types(name: str, tables: Mapping[str, Table]) -> tuple[dict[str, str] | None, bool]:
    """The table's columns, None where they are not known, and whether the table itself is known."""
    table = tables.get(name)
    declared = dict(table.columns) if table else {}
    if table and table.custom:
        return (declared, True) if declared else (None, table.existing)
    builtin = load_facts("builtin_tables.json")["tables"].get(name)
    if builtin is None:
        return (declared, True) if declared else (None, table is not None)
    # The facts know that some tables exist without knowing their columns.
    if not builtin["columns"]:
        return None, True
    writable = {
        column: type_
        for column, type_ in builtin["columns"].items()
        if column not in _PLATFORM_COLUMNS and not column.startswith("_")
    }
    return writable | declared, True


def _require_columns(path: tuple[str, str], message: str, errors: ManifestErrors) -> None:
    errors.broken.add((*path, "columns"))
    hint = "write `columns: {TimeGenerated: datetime, …}`: what senders post"
    errors.add("MAN015", message, path, hint, key=True)


def _flow_paths(stream: ManifestPath, values: dict[str, Any]) -> list[ManifestPath]:
    """Where each flow of a stream is written: under `flows`, or in the stream itself, which then is its only flow."""
    if "flows" not in values:
        return [stream]
    return [(*stream, "flows", index) for index in range(len(values["flows"]))]


def _flow(values: dict[str, Any], path: ManifestPath, guid_columns: tuple[str, ...], columns: tuple[str, ...]) -> Flow:
    if "transform" in values:
        return Flow(values["table"], values["transform"], written=True, path=path)
    return Flow(values["table"], default_transform(guid_columns, columns), path=path)


def default_transform(guid_columns: tuple[str, ...], columns: tuple[str, ...]) -> str:
    """The transform of a stream that has neither columns nor a transform: guid columns are cast back from string.

    `columns` are all columns of the stream, `guid_columns` those of them that the table has as guid.
    """
    return with_casts(PASSTHROUGH, dict.fromkeys(guid_columns, "toguid"), columns)


def with_casts(query: str, functions: Mapping[str, str], columns: tuple[str, ...]) -> str:
    """The query with steps that cast columns; `functions` has the cast of each, `columns` are the names in use."""
    if not functions:
        return query
    # The values are renamed first: a column that is assigned its own cast has been reported to end up null, and the
    # samples of Azure's page on transformations avoid it too.
    texts = {column: unused_name(f"{column}Text", columns, start=2) for column in functions}
    renames = ", ".join(f"{_kql_name(text)} = {_kql_name(column)}" for column, text in texts.items())
    casts = ", ".join(f"{_kql_name(column)} = {functions[column]}({_kql_name(text)})" for column, text in texts.items())
    removed = ", ".join(_kql_name(text) for text in texts.values())
    return f"{query} | project-rename {renames} | extend {casts} | project-away {removed}"


def _kql_name(column: str) -> str:
    """A column's name as KQL reads it."""
    return column if _IDENTIFIER.fullmatch(column) else f"['{column}']"
