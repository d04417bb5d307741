"""An entry for one of Azure's tables sets a plan that the table takes, retention, total retention and added columns.

Why: the description is Azure's, and the page on the features of tables says which plans each table takes; Azure refuses
the others. Without `plan` the entry leaves the table's plan as it is.
Wrong: `tables: {Syslog: {plan: basic}}`
Right: `tables: {CommonSecurityLog: {plan: basic, total_retention: 365, columns: {Tenant_CF: string}}}`
Source: https://learn.microsoft.com/azure/azure-monitor/reference/tables-features
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from provisioner.diagnostics import Diagnostic
from provisioner.fact_evidence import describe_evidence, judge
from provisioner.model import Table
from provisioner.model.table import TablePlan
from provisioner.transforms.builtin_tables import is_builtin_table, plan_evidence, supports_plan
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
    if not table.plan_declared or table.plan == "analytics":
        return
    evidence = plan_evidence(table.name, table.plan)
    severity = judge(evidence, context.policy).severity
    if not evidence:
        message = f"no page says whether {table.name} takes the plan {table.plan}"
        yield context.warning(message, "plan")
    elif severity == "error":
        plans = [plan for plan in get_args(TablePlan) if supports_plan(table.name, plan, context.policy)]
        message = f"{table.name} does not take the plan {table.plan}: {describe_evidence(evidence[0])}"
        yield context.error(message, "plan", hint=f"it takes {' and '.join(plans)}")
    elif severity is not None:
        both_sides = "; ".join(describe_evidence(entry) for entry in evidence)
        message = f"sources disagree on whether {table.name} takes the plan {table.plan}: {both_sides}"
        yield context.finding(severity, message, "plan")
