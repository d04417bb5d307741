"""Which tables of a source a manifest can manage, which it can only refer to, and which it cannot hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.model import CUSTOM_SUFFIX
from provisioner.resources import Body

MIGRATE_FIRST = "it is a classic table: migrate it first (one way)"


def schema_of(body: Body) -> Mapping[str, Any]:
    """The schema of a table's body; empty where it has none."""
    schema: Mapping[str, Any] = (body.get("properties") or {}).get("schema") or {}
    return schema


def is_classic(body: Body) -> bool:
    """Whether a table is of the kind that the Data Collector API made: no rule writes to it until it is migrated."""
    return str(schema_of(body).get("tableSubType")).lower() == "classic"


def is_query_result(body: Body) -> bool:
    """Whether a search job or a restore made the table: it holds a result and takes no records."""
    return str(schema_of(body).get("tableType")).lower() in ("searchresults", "restoredlogs")


def is_declarable(name: str, body: Body) -> bool:
    """Whether a manifest can hold a live table: custom, or Azure's with custom columns or a retention of its own."""
    if is_query_result(body):
        return False
    if name.endswith(CUSTOM_SUFFIX):
        return True
    properties = body.get("properties") or {}
    chosen = any(properties.get(f"{name}AsDefault") is False for name in ("retentionInDays", "totalRetentionInDays"))
    return chosen or any(str(column.get("name", "")).endswith("_CF") for column in schema_of(body).get("columns") or ())
