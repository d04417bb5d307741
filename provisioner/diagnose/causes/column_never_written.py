"""The manifest declares a column that none of its transforms writes."""

from __future__ import annotations

from provisioner.diagnose.evidence import RUN_PLAN_FOR_DCR, Evidence
from provisioner.diagnose.live_transform import live_transform_line
from provisioner.probes.arrival import Diagnosis


def column_never_written(evidence: Evidence) -> Diagnosis | None:
    """The row arrived whole, but for a column that no flow can fill; a value in it betrays another transform."""
    flow_probe = evidence.flow_probe
    names = flow_probe.bound_flow.unwritten_columns
    if not names or not flow_probe.arrived:
        return None
    rows = flow_probe.state.rows.values()
    filled = [name for name in names if any(row.get(name) not in (None, "") for row in rows)]
    # Only another transform than the manifest's can have written it.
    if filled:
        return Diagnosis(
            "transform-other",
            f"{', '.join(filled)} arrived, though no transform of the manifest writes it",
            (live_transform_line(evidence),),
            RUN_PLAN_FOR_DCR,
        )
    noun = "column" if len(names) == 1 else "columns"
    return Diagnosis(
        "column-never-written",
        f"{noun} {', '.join(names)}: declared in {flow_probe.table}, never written by the transform",
        ("the row arrived; no flow of the manifest into the table writes it",),
        f"write it in the transform of {evidence.probe.stream.key}, or take it out of the table's columns",
    )
