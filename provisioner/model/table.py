"""A table that rows end in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from provisioner.model.columns import Columns

Plan = Literal["analytics", "basic", "auxiliary"]
CUSTOM_SUFFIX = "_CL"


@dataclass(frozen=True, slots=True)
class Table:
    """A custom table, or an entry for a built-in one.

    `existing`: somebody else's, proved against and never written. `retention` and `total_retention` are days;
    None leaves Azure's value alone, -1 is the workspace's default.
    """

    name: str
    columns: Columns = field(default_factory=lambda: Columns({}))
    plan: Plan = "analytics"
    retention: int | None = None
    total_retention: int | None = None
    description: str | None = None
    existing: bool = False

    @property
    def custom(self) -> bool:
        """Whether it is a custom table by its name, not one of Azure's."""
        return self.name.endswith(CUSTOM_SUFFIX)

    @property
    def stream(self) -> str:
        """The `outputStream` that leads here. Source: data-collection-rule-structure, "dataFlows"."""
        return output_stream(self.name)


def output_stream(table: str) -> str:
    """`Custom-X_CL` for a custom table, `Microsoft-X` for one of Azure's."""
    return f"{'Custom' if table.endswith(CUSTOM_SUFFIX) else 'Microsoft'}-{table}"
