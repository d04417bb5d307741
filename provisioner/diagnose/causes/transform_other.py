"""The live transform is not the manifest's, and gives other values."""

from __future__ import annotations

from provisioner.diagnose.evidence import RUN_PLAN_FOR_DCR, Evidence
from provisioner.diagnose.live_transform import live_transform_line, transform_was_edited
from provisioner.probes.arrival import Diagnosis


def transform_other(evidence: Evidence) -> Diagnosis | None:
    """Values differ, and so do the live transform and the manifest's."""
    differing = evidence.flow_probe.differing_columns
    if not differing or not transform_was_edited(evidence):
        return None
    return Diagnosis(
        "transform-other",
        f"the live transform is not the manifest's, and gives other values for {', '.join(differing)}",
        (live_transform_line(evidence),),
        RUN_PLAN_FOR_DCR,
    )
