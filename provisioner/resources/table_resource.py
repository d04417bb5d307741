"""Tables: custom ones, and the `_CF` columns of Azure's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from provisioner.model import CUSTOM_SUFFIX, Columns, Manifest, Table, column_type
from provisioner.package_data import load_facts
from provisioner.resources.expansion_context import Context
from provisioner.resources.flatten import Flat, Remark, columns, unread
from provisioner.resources.resource import Resource
from provisioner.resources.resource_types import Body, resource_type

_READ = (
    "properties.plan",
    "properties.retentionInDays",
    "properties.totalRetentionInDays",
    "properties.schema.name",
    "properties.schema.description",
    "properties.schema.columns[].name",
    "properties.schema.columns[].type",
    "properties.schema.columns[].description",
)


def expand(context: Context) -> Iterator[Resource]:
    """Every declared table."""
    workspace = context.manifest.workspace.name
    for declared in context.manifest.tables.values():
        table = _guessed(declared, context.manifest) if context.local else declared
        yield Resource(
            resource_type("table"),
            table.name,
            table.name,
            f"{context.workspace_id}/tables/{table.name}",
            context.templates.body("table", table=table),
            scope=("workspace", workspace),
            existing=table.existing and not context.local,
            path=("tables", table.name),
        )


def _guessed(table: Table, manifest: Manifest) -> Table:
    """Somebody else's table of unknown columns, which locally must be made: TimeGenerated and what the flows write."""
    if not table.existing or table.columns:
        return table
    from provisioner import kql

    columns = {"TimeGenerated": "datetime"}
    for stream in manifest.streams.values():
        for flow in stream.flows:
            query, _ = kql.bind(flow.transform, stream.columns.kql()) if flow.table == table.name else (None, [])
            known = {name: column_type(type_) for name, type_ in query.columns.items()} if query else {}
            columns |= {name: type_.name for name, type_ in known.items() if type_ and name not in columns}
    return replace(table, columns=Columns(columns))


def flatten(body: Body, name: str) -> Flat:
    """The words of one table. Retention that Azure chose itself (`...AsDefault`) is nobody's wish and left out."""
    properties = body.get("properties") or {}
    schema = properties.get("schema") or {}
    custom = name.endswith(CUSTOM_SUFFIX)
    plan = str(properties.get("plan", "Analytics")).lower()
    remarks = [*unread(body, resource_type("table"), _READ)]
    words: dict[str, Any] = {}
    if custom and plan != "analytics":
        words["plan"] = plan
    retention = properties.get("retentionInDays")
    if retention is not None and plan == "analytics" and not properties.get("retentionInDaysAsDefault"):
        words["retention"] = retention
    total = properties.get("totalRetentionInDays")
    if total is not None and not properties.get("totalRetentionInDaysAsDefault"):
        words["total_retention"] = total
    if schema.get("description"):
        words["description"] = schema["description"]
    found = columns(schema.get("columns") or (), "properties.schema.columns")
    kept = {key: value for key, value in found.words.items() if not _standard(key, custom=custom)}
    if own := [key for key in found.words if key not in kept]:
        remarks.append(
            Remark(
                "changed",
                "properties.schema.columns",
                own,
                f"not declared, since Azure has them anyway: {', '.join(own)}",
            )
        )
    if kept:
        words["columns"] = kept
    return Flat(words, (*remarks, *found.remarks))


def _standard(column: str, *, custom: bool) -> bool:
    """Whether a column is there without being declared: in a custom table what each table has, else all but `_CF`."""
    known = load_facts("names.yaml")["column"]
    if not custom:
        return not column.endswith(known["builtin_suffix"])
    return column in known["present"]
