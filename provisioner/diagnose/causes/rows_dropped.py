"""The rule itself counts rows that it dropped."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis


def rows_dropped(evidence: Evidence) -> Diagnosis | None:
    """The DCR's metrics count dropped rows or transform errors since the records were sent."""
    counts = evidence.live.dropped_rows(evidence.dcr_name, evidence.stream_name, evidence.probe.planned_at) or {}
    dropped = {name: count for name, count in counts.items() if count}
    if not dropped:
        return None
    return Diagnosis(
        "rows-dropped",
        f"the rule {evidence.dcr_name} dropped rows of {evidence.stream_name}",
        tuple(f"{name}: {count:g} since the records were sent" for name, count in dropped.items()),
        "turn on the rule's diagnostic setting `LogErrors` and read DCRLogErrors: it names the error",
    )
