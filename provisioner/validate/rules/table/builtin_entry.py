"""An entry for one of Azure's tables sets a plan that the table takes, retention, total retention and added columns.

Why: the description is Azure's, and the page on the features of tables says which plans each table takes; Azure refuses
the others. Without `plan` the entry leaves the table's plan as it is.
Wrong: `tables: {Syslog: {plan: basic}}`
Right: `tables: {CommonSecurityLog: {plan: basic, total_retention: 365, columns: {Tenant_CF: string}}}`
Source: https://learn.microsoft.com/azure/azure-monitor/reference/tables-features
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.transforms.builtin_tables import is_builtin_table, supports_plan
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("TAB012", on=Table)
def builtin_entry(table: Table, context: Context) -> Iterator[Diagnostic]:
    # Settings of an existing table are TAB018.
    if not is_builtin_table(table.name) or table.existing:
        return
    if context.document.explicit((*context.path, "description")):
        message = f"an entry for {table.name} may set plan, retention, total_retention and columns, not description"
        yield context.error(message, "description", key=True, hint="remove it")
    is_supported = supports_plan(table.name, table.plan) if table.plan_declared else True
    if is_supported is None:
        message = f"no page says whether {table.name} takes the plan {table.plan}"
        yield context.warning(message, "plan")
    elif not is_supported:
        plans = [plan for plan in ("analytics", "basic", "auxiliary") if supports_plan(table.name, plan)]
        message = f"{table.name} does not take the plan {table.plan}"
        yield context.error(message, "plan", hint=f"it takes {' and '.join(plans)}")
