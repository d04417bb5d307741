"""Tables: custom ones, and the `_CF` columns of Azure's own."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.resources.context import Context
from provisioner.resources.definition import resource_type
from provisioner.resources.resource import Resource


def expand(context: Context) -> Iterator[Resource]:
    """Every declared table."""
    workspace = context.manifest.workspace.name
    for table in context.manifest.tables.values():
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
