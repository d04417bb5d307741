"""The workspace takes no rows from public networks."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_bodies import properties_of


def ingestion_closed(evidence: Evidence) -> Diagnosis | None:
    """Public ingestion is off at the workspace: the endpoint answers 204 and the rows are discarded."""
    access = str(properties_of(evidence.live.workspace()).get("publicNetworkAccessForIngestion") or "Enabled")
    if access.lower() == "enabled":
        return None
    return Diagnosis(
        "ingestion-closed",
        f"the workspace takes nothing from public networks (publicNetworkAccessForIngestion: {access})",
        ("the endpoint accepted the records (204)", "none is in the table"),
        "send through a private link scope, or allow public ingestion on the workspace",
    )
