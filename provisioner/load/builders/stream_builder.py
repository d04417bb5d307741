"""Streams as written → streams with their columns, flows and tests, those that are left out made from the table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from provisioner.load.builders.column_builder import columns
from provisioner.load.builders.transform_test_builder import tests
from provisioner.load.schema.shape_reader import Structure
from provisioner.model import PASSTHROUGH, Columns, Flow, Stream, Table
from provisioner.package_data import load_facts

# Azure fills these in itself; a sender has no say in them.
# source: schemas/builtin_tables.json lists them among the columns; log-standard-columns
_PLATFORM = frozenset({"TenantId", "Type", "MG", "ManagementGroupName", "SourceSystem"})
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def streams(values: Mapping[str, Any], tables: Mapping[str, Table], structure: Structure) -> dict[str, Stream]:
    """Every stream that can be made, by its key."""
    return {key: _stream(key, each, tables, structure) for key, each in values.items()}


def _stream(key: str, values: dict[str, Any], tables: Mapping[str, Table], structure: Structure) -> Stream:
    path = ("streams", key)
    ways = values.get("flows", [values])
    _one_table(key, values, structure)
    names = [way["table"] for way in ways if "table" in way]
    declared = "columns" in values or (*path, "columns") in structure.broken
    if declared:
        shape = columns(values.get("columns", {}))
        casts: tuple[str, ...] = ()
    else:
        shape, casts = _from_table(key, names, tables, structure)
    flows = tuple(_flow(way, casts, tuple(shape)) for way in ways if "table" in way)
    return Stream(
        key,
        values.get("stream", key),
        shape,
        flows,
        tuple(values.get("samples", ())),
        tuple(tests(path, values, names, structure)),
        declared,
    )


def _one_table(key: str, values: dict[str, Any], structure: Structure) -> None:
    """A stream leads somewhere, and to each table once."""
    path = ("streams", key)
    broken = {(*path, "table"), (*path, "flows"), path} & structure.broken
    if not broken and "table" not in values and not values.get("flows"):
        structure.broken.add((*path, "table"))
        hint = f"write `table: NAME_CL` under {key!r}, or `flows` for several tables"
        structure.say("MAN003", f"the stream {key!r} leads to no table", (*path, "table"), hint)
    seen: set[str] = set()
    for index, way in enumerate(values.get("flows", ())):
        if (table := way.get("table")) in seen:
            words = f"the stream {key!r} flows twice into {table!r}"
            structure.say(
                "MAN014",
                words,
                (*path, "flows", index, "table"),
                "join the two transforms with `union`, or use two streams",
            )
        if table is not None:
            seen.add(table)


def _from_table(
    key: str, names: list[str], tables: Mapping[str, Table], structure: Structure
) -> tuple[Columns, tuple[str, ...]]:
    """The columns of the stream's only table as a stream may have them, and those that need a cast back to guid."""
    path = ("streams", key)
    if len(names) > 1:
        _required(path, f"the stream {key!r} feeds several tables, so its columns cannot be taken from one", structure)
        return Columns({}), ()
    if not names:
        structure.broken.add((*path, "columns"))
        return Columns({}), ()
    types, known = _types(names[0], tables)
    if types is None:
        if known:
            _required(
                path, f"the columns of {names[0]!r} are not known here, so the stream {key!r} needs its own", structure
            )
        else:
            structure.broken.add((*path, "columns"))  # a rule says that there is no such table
        return Columns({}), ()
    if ("tables", names[0], "columns") in structure.broken:
        structure.broken.add((*path, "columns"))
    guids = tuple(name for name, type_ in types.items() if type_ == "guid")
    return Columns({name: "string" if name in guids else type_ for name, type_ in types.items()}), guids


def _types(name: str, tables: Mapping[str, Table]) -> tuple[dict[str, str] | None, bool]:
    """The table's columns, None where they are not known, and whether the table itself is known."""
    table = tables.get(name)
    own = dict(table.columns) if table else {}
    if table and table.custom:
        return (own, True) if own else (None, table.existing)
    builtin = load_facts("builtin_tables.json")["tables"].get(name)
    if builtin is None:
        return (own, True) if own else (None, table is not None)
    if not builtin["columns"]:
        return None, True
    theirs = {
        column: type_
        for column, type_ in builtin["columns"].items()
        if column not in _PLATFORM and not column.startswith("_")
    }
    return theirs | own, True


def _required(path: tuple[str, str], words: str, structure: Structure) -> None:
    structure.broken.add((*path, "columns"))
    hint = "write `columns: {TimeGenerated: datetime, …}`: what senders post"
    structure.say("MAN015", words, path, hint, key=True)


def _flow(way: dict[str, Any], casts: tuple[str, ...], names: tuple[str, ...]) -> Flow:
    if "transform" in way:
        return Flow(way["table"], way["transform"], written=True)
    return Flow(way["table"], made(casts, names))


def made(casts: tuple[str, ...], names: tuple[str, ...]) -> str:
    """The transform of a stream that has neither columns nor a transform: guid columns are cast back from string.

    `names` are all columns of the stream. The texts are renamed first: a column that is assigned its own cast has
    been reported to end up null; the samples of Azure's page on transformations avoid it too.
    """
    if not casts:
        return PASSTHROUGH
    taken = set(names)
    texts = {column: next(name for name in _suffixed(column) if name not in taken) for column in casts}
    renamed = ", ".join(f"{_name(text)} = {_name(column)}" for column, text in texts.items())
    cast = ", ".join(f"{_name(column)} = toguid({_name(text)})" for column, text in texts.items())
    gone = ", ".join(_name(text) for text in texts.values())
    return f"{PASSTHROUGH} | project-rename {renamed} | extend {cast} | project-away {gone}"


def _suffixed(column: str) -> Iterator[str]:
    """Names to try for the text of a column."""
    yield f"{column}Text"
    yield from (f"{column}Text{number}" for number in count(2))


def _name(column: str) -> str:
    """A column's name in KQL."""
    return column if _IDENTIFIER.fullmatch(column) else f"['{column}']"
