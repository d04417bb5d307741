"""An entry for one of Azure's tables sets retention, total retention and added columns, nothing else.

Why: plan and description are Azure's to choose, and changing them would touch data that others send.
Wrong: `tables: {CommonSecurityLog: {plan: basic, columns: {Tenant_CF: string}}}`
Right: `tables: {CommonSecurityLog: {retention: 90, columns: {Tenant_CF: string}}}`
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.transforms.builtin_tables import is_builtin
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("TAB012", on=Table)
def builtin_entry(table: Table, context: Context) -> Iterator[Diagnostic]:
    if not is_builtin(table.name) or table.existing:
        return
    for name in ("plan", "description"):
        if context.document.explicit((*context.path, name)):
            message = f"an entry for {table.name} may set retention, total_retention and columns, not {name}"
            yield context.error(message, name, key=True, hint="remove it")
