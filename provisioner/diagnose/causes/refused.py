"""The endpoint refused for a reason of its own."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis


def refused(evidence: Evidence) -> Diagnosis | None:
    """Any refusal that the causes before it do not explain, in Azure's own words."""
    error = evidence.send_error
    if error is None:
        return None
    return Diagnosis(
        "refused",
        f"the endpoint refuses the records: {error.code or evidence.status}",
        (evidence.endpoint_message, *(f"{code}: {message}" for code, message, _ in error.details)),
        error.hint or "read what it says; the request id helps support",
    )
