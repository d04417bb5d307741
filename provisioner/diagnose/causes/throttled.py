"""The rule takes no more calls this minute."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis


def throttled(evidence: Evidence) -> Diagnosis | None:
    """429 after all retries: the DCR's quota of the minute is used up."""
    if evidence.status != 429:
        return None
    return Diagnosis(
        "throttled",
        f"the rule {evidence.dcr_name} takes no more calls this minute",
        (evidence.endpoint_message,),
        "other senders use up the rule's quota: spread them over more rules, or let them send fewer and larger batches",
        transient=True,
    )
