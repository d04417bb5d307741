"""Accepted, nothing known to be wrong, and not in the table."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_state import dcr_propagation
from provisioner.reports.durations import format_age


def not_arrived(evidence: Evidence) -> Diagnosis | None:
    """What remains: the row may still come, and the evidence lists what was ruled out."""
    flow_probe, accepted = evidence.flow_probe, evidence.probe.accepted_at
    if not flow_probe.missing or accepted is None:
        return None
    waited = evidence.live.now() - accepted
    late = waited > dcr_propagation()
    unresolved = flow_probe.state.unresolved
    return Diagnosis(
        "not-arrived",
        f"accepted {format_age(waited)} ago and not in {flow_probe.table}"
        + ("" if late else "; a first row in a table can take 15 minutes"),
        (
            "the endpoint accepted the records (204)",
            *((f"its queries do not know the table, or a column of it, yet: {unresolved}",) if unresolved else ()),
            "the live rule leads the stream into the table, and its transform lets the records through",
            "table, workspace and their network rules and cap are as they should be",
            *(f"not readable: {what}: {why}" for what, why in evidence.live.unreadable.items()),
        ),
        "run verify again with a longer `--timeout`"
        + ("; then declare `monitoring: {errors: true}`, and verify reads DCRLogErrors" if late else ""),
        transient=True,
    )
