"""An existing table, which others manage, has no settings in the manifest.

Why: it is never written, so plan, retention and description would have no effect.
Wrong: `tables: {Orders_CL: {existing: true, retention: 90, columns: {TimeGenerated: datetime}}}`
Right: `tables: {Orders_CL: {existing: true, columns: {TimeGenerated: datetime}}}`
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.validate.context import Context
from provisioner.validate.rule import rule

_SETTINGS = ("retention", "total_retention", "description")


@rule("TAB018", on=Table, severity="warning")
def existing_settings(table: Table, context: Context) -> Iterator[Diagnostic]:
    for name in _SETTINGS if table.existing else ():
        if getattr(table, name) is not None:
            message = f"the table {table.name!r} is not ours: its {name} is never written"
            yield context.warning(message, name, key=True, hint="remove it, or `existing: true`")
