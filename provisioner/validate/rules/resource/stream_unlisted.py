"""Every stream belongs to a data collection rule.

Why: where the manifest has several rules, which one a stream joins cannot be guessed, and its senders depend on it. With
one rule a stream that is not listed joins that one.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-A: Orders_CL, Custom-B: Orders_CL, Custom-C: Orders_CL}
    dcrs: {dcr-a: {streams: [Custom-A]}, dcr-b: {streams: [Custom-B]}}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-A: Orders_CL, Custom-B: Orders_CL, Custom-C: Orders_CL}
    dcrs: {dcr-a: {streams: [Custom-A, Custom-C]}, dcr-b: {streams: [Custom-B]}}
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.validate.context import Context
from provisioner.validate.name_matching import join_with_and
from provisioner.validate.rule import rule


@rule("RES002", on=Manifest)
def stream_unlisted(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    if context.is_broken("dcrs"):
        return
    listed_streams = {key for dcr in manifest.dcrs.values() for key in dcr.streams}
    names = list(manifest.dcrs)
    for key in manifest.streams:
        if key not in listed_streams:
            if len(names) > 1:
                message = f"the stream {key!r} is in no DCR, and there are {len(names)}"
                yield context.error(message, "streams", key, key=True, hint=f"list it in {join_with_and(names[:5])}")
            else:
                yield context.warning(
                    f"the stream {key!r} is in no DCR: nothing can be sent to it", "streams", key, key=True
                )
