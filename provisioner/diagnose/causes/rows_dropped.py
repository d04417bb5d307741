"""The rule itself counts rows that it dropped."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis
from provisioner.text import one_line


def rows_dropped(evidence: Evidence) -> Diagnosis | None:
    """The DCR's metrics count dropped rows or transform errors since the records were sent, or its log names some."""
    since = evidence.probe.planned_at
    counts = evidence.live.dropped_rows(evidence.dcr_name, evidence.stream_name, since) or {}
    dropped = {name: count for name, count in counts.items() if count}
    errors = evidence.live.logged_errors(evidence.dcr_name, evidence.stream_name, since)
    if not dropped and not errors:
        return None
    return Diagnosis(
        "rows-dropped",
        f"the rule {evidence.dcr_name} dropped rows of {evidence.stream_name}",
        (
            *(f"the rule's log says: {one_line(error)}" for error in errors),
            *(f"{name}: {count:g} since the records were sent" for name, count in dropped.items()),
        ),
        "correct what the rule's log names"
        if errors
        else "declare `monitoring: {errors: true}`: DCRLogErrors then names the error",
    )
