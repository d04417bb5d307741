"""The DCE that the rule is bound to does not exist any more."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_bodies import properties_of


def endpoint_missing(evidence: Evidence) -> Diagnosis | None:
    """The DCR names a DCE and ARM does not know it."""
    id_ = properties_of(evidence.dcr).get("dataCollectionEndpointId")
    # What may not be read is None as well, and not missing.
    if evidence.send_error is None or not id_ or "endpoint" in evidence.live.unreadable:
        return None
    if evidence.live.endpoint(evidence.dcr) is not None:
        return None
    return Diagnosis(
        "endpoint-missing",
        f"the endpoint of the rule {evidence.dcr_name} is not there",
        (f"no resource {id_}", evidence.endpoint_message),
        "run `apply` (a managed endpoint) or ask its owner (an existing one)",
    )
