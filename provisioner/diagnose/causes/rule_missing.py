"""The rule is not there."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis


def rule_missing(evidence: Evidence) -> Diagnosis | None:
    """404, and ARM does not know the DCR either."""
    # What may not be read is None as well, and not missing.
    if evidence.status != 404 or evidence.dcr is not None or "dcr" in evidence.live.unreadable:
        return None
    return Diagnosis(
        "rule-missing",
        f"the rule {evidence.dcr_name} is not there",
        (evidence.endpoint_message, f"no resource {evidence.dcr_id}"),
        "run `apply`; senders then need the new immutable id that `outputs` tells",
    )
