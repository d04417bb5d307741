"""The live stream does not declare a column that is sent."""

from __future__ import annotations

from provisioner.diagnose.evidence import RUN_PLAN, Evidence
from provisioner.probes.arrival import Diagnosis


def column_not_in_stream(evidence: Evidence) -> Diagnosis | None:
    """A column that feeds a differing one is not declared: Azure drops it before the transform."""
    declared = evidence.live_stream_columns
    if declared is None:
        return None
    differing = evidence.flow_probe.differing_columns
    lineage = evidence.flow_probe.bound_flow.query.lineage
    # Only what feeds a differing column explains it.
    sources = {source for name in differing for source in lineage.get(name, ())}
    lacking = [name for name in evidence.probe.stream.columns if name in sources and name not in declared]
    if not lacking:
        return None
    return Diagnosis(
        "column-not-in-stream",
        f"the live rule's stream {evidence.stream_name} does not declare {', '.join(lacking)}",
        (f"it declares {', '.join(declared)}", f"{', '.join(differing)} comes from it"),
        RUN_PLAN,
    )
