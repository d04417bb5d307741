"""A workspace transform is for a table that Azure lets a workspace transform.

Why: Azure refuses the workspace's rule for any other table; the page on the features of tables says for which it is.
Wrong: `workspace_transforms: {Heartbeat: {columns: {TimeGenerated: datetime}, transform: source | where true}}`
Right: `workspace_transforms: {Syslog: {transform: source | where Facility != "cron"}}`
Source: https://learn.microsoft.com/azure/azure-monitor/reference/tables-features
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.suggest import nearest_name
from provisioner.transforms.builtin_tables import builtin_table, similar_builtin_table, tables_without_api
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("TRN004", on=Manifest)
def workspace_table(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    for name in manifest.workspace_transforms:
        facts = tables_without_api().get(name)
        if builtin_table(name) or name in manifest.tables or (facts and facts["transformed"]):
            continue
        if facts:
            message = f"Azure does not let a workspace transform what flows into {name}"
            yield context.error(message, "workspace_transforms", name, key=True)
            continue
        right = nearest_name(name, manifest.tables) or similar_builtin_table(name)
        hint = f"did you mean {right!r}?" if right else "declare it under `tables`"
        yield context.error(f"there is no table {name!r}", "workspace_transforms", name, key=True, hint=hint)
