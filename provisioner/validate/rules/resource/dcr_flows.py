"""A data collection rule has 10 flows at most.

Why: Azure refuses more. (Ten streams are the documented limit too, and 47 have been seen accepted; as each stream has a
flow of its own here, the flows decide.) Nothing is moved between rules silently, because a moved stream breaks its
senders: the fix writes an explicit, balanced `dcrs` block.
Source: https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits#data-collection-rules
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.package_data import load_facts
from provisioner.validate.balance_fix import spread_streams_fix
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("RES001", on=Manifest)
def dcr_flows(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    most = load_facts("limits.yaml")["dcr"]["flows"]["most"]
    for dcr in manifest.dcrs.values():
        # A stream that is not declared is RES003.
        count = sum(len(manifest.streams[key].flows) for key in dcr.streams if key in manifest.streams)
        if count > most:
            yield context.error(
                f"the DCR {dcr.name!r} would have {count} flows; {most} are the most",
                "dcrs",
                dcr.name,
                key=True,
                hint="spread its streams over several `dcrs`; a stream that moves gets a new URL",
                fix=spread_streams_fix(context, dcr, most),
            )
