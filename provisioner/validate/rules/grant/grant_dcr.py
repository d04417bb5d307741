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
from provisioner.validate.context import Context
from provisioner.validate.name_matching import listed, near
from provisioner.validate.rule import rule


@rule("GRA003", on=Grant)
def grant_dcr(grant: Grant, context: Context) -> Iterator[Diagnostic]:
    if context.broken("dcrs") or context.broken("streams"):
        return
    known = context.manifest.dcrs
    for index, name in enumerate(grant.dcrs):
        if name not in known:
            right = near(name, known)
            there = f"there are {listed(list(known)[:5])}" if known else "the manifest has none"
            yield context.error(
                f"there is no DCR {name!r}",
                "dcrs",
                index,
                hint=f"did you mean {right!r}?" if right else there,
                fix=context.change(f"write {right!r}", right, "dcrs", index) if right else None,
            )
