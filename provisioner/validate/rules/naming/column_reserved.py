"""A column does not bear a name that Azure keeps for itself.

Why: Azure's pages list some names as reserved. TenantId has been seen refused; the others have been seen accepted in
tenants, so those are warnings. Whether the check minds case is not documented.
Wrong: `tables: {Orders_CL: {columns: {TimeGenerated: datetime, TenantId: string}}}`
Right: `tables: {Orders_CL: {columns: {TimeGenerated: datetime, CustomerTenant: string}}}`
Source: https://learn.microsoft.com/azure/azure-monitor/logs/create-custom-table
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.fact_evidence import describe_evidence, judge
from provisioner.model import Table
from provisioner.model.reserved_columns import reserved_columns
from provisioner.transforms.builtin_tables import is_custom_table
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("NAM013", on=Table)
def column_reserved(table: Table, context: Context) -> Iterator[Diagnostic]:
    # Azure has accepted the columns of an existing table.
    if not is_custom_table(table) or table.existing:
        return
    folded = {name.lower(): name for name in reserved_columns()}
    for name in table.columns:
        like = folded.get(name.lower())
        if like == name:
            yield from _reserved(name, context)
        # A name that is let through as it is listed is let through in another case.
        elif like and not judge(reserved_columns()[like], context.policy).accepted:
            message = f"{name!r} differs only by case from the reserved {like!r}; whether Azure minds is not documented"
            yield context.warning(message, "columns", name, key=True)


def _reserved(name: str, context: Context) -> Iterator[Diagnostic]:
    evidence = reserved_columns()[name]
    severity = judge(evidence, context.policy).severity
    hint = "give the column another name"
    if severity == "error":
        message = f"{name!r} is reserved: Azure keeps a column of this name for itself"
        seen = "; ".join(describe_evidence(entry) for entry in evidence[:2] if entry.kind == "refused")
        yield context.error(f"{message}{f', {seen}' if seen else ''}", "columns", name, key=True, hint=hint)
    elif severity is not None:
        # One of each side, the newest first.
        sides = {entry.forbids or entry.kind == "refused": entry for entry in reversed(evidence)}
        both_sides = "; ".join(describe_evidence(entry) for entry in evidence if entry in sides.values())
        message = f"sources disagree on whether a column may be called {name!r}: {both_sides}"
        yield context.finding(severity, message, "columns", name, key=True, hint=hint)
