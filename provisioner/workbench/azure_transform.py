"""The transform that runs in Azure now."""

from __future__ import annotations

from provisioner.live import read_types
from provisioner.model import Stream
from provisioner.probes.live_bodies import live_flows
from provisioner.project import Project
from provisioner.resources import TypeName


def read_live_transform(project: Project, stream: Stream, table: str) -> str | None:
    """The transform of a stream's flow into a table, from the live DCR; None where there is none. Raises CloudError."""
    with project.connect() as azure:
        types: tuple[TypeName, ...] = ("dcr",)
        live = read_types(azure, project.desired(azure.identity), types)
    # By the stream's name in Azure: the manifest's key may be another.
    for dcr in live.of_type("dcr"):
        for flow in live_flows(dcr.body, stream.name):
            if flow.table == table:
                return flow.transform
    return None
