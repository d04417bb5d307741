"""Tables: custom ones, and the `_CF` columns that are added to Azure's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from provisioner.model import CUSTOM_SUFFIX, Columns, Manifest, Table, column_type
from provisioner.package_data import load_facts
from provisioner.resources.expansion_context import ExpansionContext
from provisioner.resources.flatten import ManifestFragment, PropertyRemark, flatten_columns, unmapped_properties
from provisioner.resources.plain_keys import plain_fields
from provisioner.resources.resource import Resource
from provisioner.resources.resource_types import Body, resource_type
from provisioner.resources.sentinel_resource import sentinel_keys

_MAPPED_PROPERTIES = (
    "properties.plan",
    "properties.retentionInDays",
    "properties.totalRetentionInDays",
    "properties.schema.name",
    "properties.schema.columns[].name",
    "properties.schema.columns[].type",
    "properties.schema.columns[].description",
)


def expand(context: ExpansionContext) -> Iterator[Resource]:
    """The resource of every declared table."""
    workspace = context.manifest.workspace.name
    for declared in context.manifest.tables.values():
        table = _with_inferred_columns(declared, context.manifest) if context.local else declared
        yield Resource(
            resource_type("table"),
            table.name,
            table.name,
            f"{context.workspace_id}/tables/{table.name}",
            context.templates.render_body("table", table=table),
            scope=("workspace", workspace),
            # Some of Azure's tables are there only once Sentinel is.
            after=() if table.custom else sentinel_keys(context),
            existing=table.existing and not context.local,
            path=table.path,
            converts=table.migrate,
        )


def _with_inferred_columns(table: Table, manifest: Manifest) -> Table:
    """An existing table whose columns are not declared, with TimeGenerated and the columns that its flows write.

    In the emulator nothing exists before the first apply, so such a table must be created there.
    """
    if not table.existing or table.columns:
        return table
    # Imported late: the emulator alone needs it, and kql costs start-up time.
    from provisioner import kql

    columns = {"TimeGenerated": "datetime"}
    for stream in manifest.streams.values():
        for flow in stream.flows:
            query, _ = kql.bind(flow.transform, stream.columns.kql()) if flow.table == table.name else (None, [])
            written = {name: column_type(type_) for name, type_ in query.columns.items()} if query else {}
            columns |= {name: type_.name for name, type_ in written.items() if type_ and name not in columns}
    return replace(table, columns=Columns(columns))


def flatten(body: Body, name: str) -> ManifestFragment:
    """The keys of one table. Retention that is Azure's default (`...AsDefault`) is left out."""
    properties = body.get("properties") or {}
    schema = properties.get("schema") or {}
    custom = name.endswith(CUSTOM_SUFFIX)
    plan = str(properties.get("plan", "Analytics")).lower()
    remarks = [*unmapped_properties(body, resource_type("table"), _MAPPED_PROPERTIES)]
    fields: dict[str, Any] = {}
    if plan != "analytics":
        fields["plan"] = plan
    retention = properties.get("retentionInDays")
    # Interactive retention of the other plans is fixed; the manifest cannot set it.
    if retention is not None and plan == "analytics" and not properties.get("retentionInDaysAsDefault"):
        fields["retention"] = retention
    # A value that equals the default is not taken over: written back it would no longer follow the workspace.
    total = properties.get("totalRetentionInDays")
    if total is not None and not properties.get("totalRetentionInDaysAsDefault"):
        fields["total_retention"] = total
    fields |= plain_fields(body, resource_type("table"))
    columns = flatten_columns(schema.get("columns") or (), "properties.schema.columns")
    declared = {key: value for key, value in columns.fields.items() if not _is_implicit_column(key, custom=custom)}
    if implicit := [key for key in columns.fields if key not in declared]:
        why = f"not declared, since Azure has them anyway: {', '.join(implicit)}"
        remarks.append(PropertyRemark("changed", "properties.schema.columns", implicit, why))
    if declared:
        fields["columns"] = declared
    return ManifestFragment(fields, (*remarks, *columns.remarks))


def all_table_columns(body: Body) -> Columns:
    """All columns of a table's body, standard ones too, in the manifest's types."""
    schema = (body.get("properties") or {}).get("schema") or {}
    types = {}
    # Azure lists its standard columns (TenantId, Type, …) apart from the table's own.
    for column in (*(schema.get("standardColumns") or ()), *(schema.get("columns") or ())):
        type_ = column_type(str(column.get("type", "")))
        types[str(column["name"])] = type_.name if type_ else "string"
    return Columns(types)


def _is_implicit_column(column: str, *, custom: bool) -> bool:
    """Whether Azure has the column without a declaration: in its own tables, every column but the added `_CF` ones."""
    facts = load_facts("names.yaml")["column"]
    if not custom:
        return not column.endswith(facts["builtin_suffix"])
    return column in facts["present"]
