"""The workspace answers no queries from public networks."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_bodies import properties_of


def query_closed(evidence: Evidence) -> Diagnosis | None:
    """The query was refused, and the workspace's public access for queries is off."""
    error = evidence.flow_probe.state.query_error
    access = str(properties_of(evidence.live.workspace()).get("publicNetworkAccessForQuery") or "Enabled")
    if error is None or access.lower() == "enabled":
        return None
    return Diagnosis(
        "query-closed",
        f"the workspace answers no queries from public networks (publicNetworkAccessForQuery: {access})",
        (error.message, "the records were accepted; whether they arrived cannot be seen from here"),
        "run verify from inside the private network, or allow queries on the workspace",
    )
