"""No live flow carries the stream into the table."""

from __future__ import annotations

from provisioner.diagnose.evidence import RUN_PLAN_FOR_DCR, Evidence
from provisioner.model import output_stream
from provisioner.probes.arrival import Diagnosis


def flow_missing(evidence: Evidence) -> Diagnosis | None:
    """The live DCR leads the stream to other tables, or nowhere."""
    flows, table = evidence.live_flows, evidence.flow_probe.table
    if evidence.dcr is None or any(flow.table == table for flow in flows):
        return None
    tables = ", ".join(sorted(flow.table for flow in flows)) or "nowhere"
    return Diagnosis(
        "flow-missing",
        f"the live rule does not lead {evidence.stream_name} into {table}",
        (f"it leads to {tables}", f"the manifest wants outputStream {output_stream(table)}"),
        RUN_PLAN_FOR_DCR,
    )
