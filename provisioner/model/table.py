"""The tables that rows are stored in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from provisioner.model.columns import Columns
from provisioner.model.manifest_path import ManifestPath

TablePlan = Literal["analytics", "basic", "auxiliary"]
CUSTOM_SUFFIX = "_CL"


@dataclass(frozen=True, slots=True)
class Table:
    """A custom table, or an entry for a built-in one.

    `existing`: transforms are checked against it, and it is never written. `retention` and `total_retention` are days;
    None leaves Azure's value alone, -1 is the workspace's default. `plan_declared`: the author wrote the plan (False:
    analytics by default, and one of Azure's tables keeps the plan that it has). `migrate`: a classic table is migrated,
    which cannot be undone.
    """

    name: str
    columns: Columns = field(default_factory=lambda: Columns({}))
    plan: TablePlan = "analytics"
    retention: int | None = None
    total_retention: int | None = None
    description: str | None = None
    existing: bool = False
    plan_declared: bool = False
    migrate: bool = False

    @property
    def path(self) -> ManifestPath:
        """Where the manifest declares it."""
        return ("tables", self.name)

    @property
    def custom(self) -> bool:
        """Whether it is a custom table, by its name, and not one of Azure's."""
        return self.name.endswith(CUSTOM_SUFFIX)

    @property
    def stream(self) -> str:
        """The `outputStream` of flows into this table. Source: data-collection-rule-structure, "dataFlows"."""
        return output_stream(self.name)


def output_stream(table: str) -> str:
    """The `outputStream` of a table: `Custom-X_CL` for a custom one, `Microsoft-X` for one of Azure's."""
    # A bare table name is refused, or its rows go nowhere (MicrosoftDocs/azure-docs issue 94401).
    return f"{'Custom' if table.endswith(CUSTOM_SUFFIX) else 'Microsoft'}-{table}"
