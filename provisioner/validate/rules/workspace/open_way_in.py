"""A workspace that is closed to the public network has no way in that is open.

Why: records that come over an endpoint open to the public network do not go through the private one, which is what a
closed workspace is for; an endpoint of a rule's own (kind Direct) is always open.
Wrong:
    workspace: {name: law-webshop, public_access: {ingestion: disabled}}
    endpoint: {name: dce-webshop}
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
Right:
    workspace: {name: law-webshop, public_access: {ingestion: disabled}}
    endpoint: {name: dce-webshop, public_access: disabled}
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
Source: https://learn.microsoft.com/azure/azure-monitor/logs/private-link-configure
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Workspace
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("WKS004", on=Workspace, severity="warning")
def open_way_in(workspace: Workspace, context: Context) -> Iterator[Diagnostic]:
    if workspace.ingestion_access in (None, "enabled"):
        return
    manifest = context.manifest
    endpoint = manifest.endpoint
    at = ("public_access", "ingestion")
    if endpoint is not None and not endpoint.existing and endpoint.public_access == "enabled":
        message = (
            f"the workspace takes nothing from the public network, and the endpoint {endpoint.name!r} is open to it"
        )
        yield context.warning(message, *at, hint="set `public_access` of the endpoint too")
    direct = [dcr.name for dcr in manifest.dcrs.values() if dcr.endpoint != "shared"]
    if direct:
        message = (
            "the workspace takes nothing from the public network, and the endpoint of its own that the DCR "
            f"{direct[0]!r} has is open to it"
        )
        hint = "declare a closed `endpoint`, and `endpoint: shared` for the DCR"
        yield context.warning(message, *at, hint=hint)
