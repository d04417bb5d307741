"""The column types, and how the manifest, tables, streams and KQL spell them.

Source: Azure REST specifications (Tables.json ColumnTypeEnum; DataCollectionRules KnownColumnDefinitionType) and
https://learn.microsoft.com/azure/azure-monitor/logs/create-custom-table
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ColumnType:
    """One type: `name` in the manifest, and its spelling in a table, a stream (None: not allowed there) and in KQL."""

    name: str
    table: str
    stream: str | None
    kql: str
    aliases: tuple[str, ...] = ()


_ALL = (
    ColumnType("string", "string", "string", "string"),
    ColumnType("int", "int", "int", "int"),
    ColumnType("long", "long", "long", "long"),
    ColumnType("real", "real", "real", "real", ("double",)),
    ColumnType("boolean", "boolean", "boolean", "bool", ("bool",)),
    # Azure reads both spellings in tables and streams, and answers with either: compare types, never spellings.
    ColumnType("datetime", "dateTime", "datetime", "datetime", ("date",)),
    # A stream has no guid: senders post text, and the transform casts it with toguid().
    ColumnType("guid", "guid", None, "guid", ("uuid", "uniqueid")),
    ColumnType("dynamic", "dynamic", "dynamic", "dynamic"),
)

TYPES = {type_.name: type_ for type_ in _ALL}
"""Every column type by its name in the manifest."""
_BY_SPELLING = {
    spelling.lower(): type_ for type_ in _ALL for spelling in (type_.name, type_.table, type_.kql, *type_.aliases)
}


def column_type(spelling: str) -> ColumnType | None:
    """The type that a spelling means, of a manifest, table, stream or KQL and in any case; None if there is none."""
    return _BY_SPELLING.get(spelling.lower())
