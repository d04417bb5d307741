"""The live flow into the table leads to another workspace than the manifest's."""

from __future__ import annotations

from provisioner.diagnose.evidence import RUN_PLAN_FOR_DCR, Evidence
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_bodies import destination_workspace_id


def workspace_other(evidence: Evidence) -> Diagnosis | None:
    """The destination of the live flow is not the manifest's workspace."""
    desired = evidence.live.id_of("workspace", evidence.live.manifest.workspace.name)
    for flow in evidence.live_flows:
        actual = destination_workspace_id(evidence.dcr, flow)
        # Azure returns ids in the case in which they were written; they mean the same in any.
        if flow.table == evidence.flow_probe.table and actual and actual.lower() != desired.lower():
            return Diagnosis(
                "workspace-other",
                f"the live rule sends {evidence.stream_name} to another workspace",
                (f"it leads to {actual}", f"the manifest wants {desired}"),
                RUN_PLAN_FOR_DCR,
            )
    return None
