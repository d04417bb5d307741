"""A grant names data collection rules of the manifest.

Why: the role is given on the rule itself.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    grants: {checkout: {principal: self, dcrs: [dcr-wabshop]}}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    grants: {checkout: {principal: self, dcrs: [dcr-webshop]}}
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Grant
from provisioner.suggest import nearest_name
from provisioner.validate.context import Context
from provisioner.validate.name_matching import join_with_and
from provisioner.validate.rule import rule


@rule("GRA003", on=Grant)
def grant_dcr(grant: Grant, context: Context) -> Iterator[Diagnostic]:
    # Rejected streams leave derived DCRs out, and every reference to them would dangle.
    if context.is_broken("dcrs") or context.is_broken("streams"):
        return
    declared = context.manifest.dcrs
    for index, name in enumerate(grant.dcrs):
        if name not in declared:
            right = nearest_name(name, declared)
            declared_names = f"there are {join_with_and(list(declared)[:5])}" if declared else "the manifest has none"
            yield context.error(
                f"there is no DCR {name!r}",
                "dcrs",
                index,
                hint=f"did you mean {right!r}?" if right else declared_names,
                fix=context.change(f"write {right!r}", right, "dcrs", index) if right else None,
            )
