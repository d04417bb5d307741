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
from provisioner.suggest import nearest_name
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("RES003", on=Dcr)
def dcr_stream_known(dcr: Dcr, context: Context) -> Iterator[Diagnostic]:
    if context.is_broken("streams"):
        return
    for index, key in enumerate(dcr.streams):
        if key not in context.manifest.streams:
            # A suggestion that the DCR lists already would turn RES003 into RES004.
            right = nearest_name(key, context.manifest.streams)
            yield context.error(
                f"the DCR {dcr.name!r} holds {key!r}, and there is no such stream",
                "streams",
                index,
                hint=f"did you mean {right!r}?" if right else "declare it under `streams`",
                fix=context.change(f"write {right!r}", right, "streams", index)
                if right and right not in dcr.streams
                else None,
            )
