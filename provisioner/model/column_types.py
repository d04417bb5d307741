"""The column types and how each place spells them.

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
    ColumnType("datetime", "dateTime", "datetime", "datetime", ("date",)),
    ColumnType("guid", "guid", None, "guid", ("uuid", "uniqueid")),
    ColumnType("dynamic", "dynamic", "dynamic", "dynamic"),
)

TYPES = {each.name: each for each in _ALL}
_SPELLINGS = {spelling.lower(): each for each in _ALL for spelling in (each.name, each.table, each.kql, *each.aliases)}


def column_type(spelling: str) -> ColumnType | None:
    """The type that any place's spelling means, whatever its case; None if there is none."""
    return _SPELLINGS.get(spelling.lower())
