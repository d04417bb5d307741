"""A data collection rule holds streams that the manifest declares.

Why: a rule cannot carry what is not there.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    dcrs: {dcr-shop: {streams: [Custom-Order, Custom-Orders]}}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    dcrs: {dcr-shop: {streams: [Custom-Orders]}}
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Dcr
from provisioner.validate.context import Context
from provisioner.validate.name_matching import near
from provisioner.validate.rule import rule


@rule("RES003", on=Dcr)
def dcr_stream_known(dcr: Dcr, context: Context) -> Iterator[Diagnostic]:
    if context.broken("streams"):
        return
    for index, key in enumerate(dcr.streams):
        if key not in context.manifest.streams:
            right = near(key, context.manifest.streams)
            yield context.error(
                f"the DCR {dcr.name!r} holds {key!r}, and there is no such stream",
                "streams",
                index,
                hint=f"did you mean {right!r}?" if right else "declare it under `streams`",
                fix=context.change(f"write {right!r}", right, "streams", index)
                if right and right not in dcr.streams
                else None,
            )
