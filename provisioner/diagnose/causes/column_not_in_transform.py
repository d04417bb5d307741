"""The live transform does not write a column."""

from __future__ import annotations

from provisioner.diagnose.evidence import RUN_PLAN, Evidence
from provisioner.diagnose.live_transform import live_query, live_transform_line
from provisioner.probes.arrival import Diagnosis


def column_not_in_transform(evidence: Evidence) -> Diagnosis | None:
    """The live transform can be run here, and its rows lack the column."""
    query = live_query(evidence)
    if query is None:
        return None
    lacking = [name for name in evidence.flow_probe.differing_columns if name not in query.columns]
    if not lacking:
        return None
    return Diagnosis(
        "column-not-in-transform",
        f"the live transform does not write {', '.join(lacking)}",
        (live_transform_line(evidence), "the manifest's transform writes it"),
        RUN_PLAN,
    )
