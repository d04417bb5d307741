"""The endpoint answers with a server error."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis


def server_error(evidence: Evidence) -> Diagnosis | None:
    """5xx after all retries."""
    error = evidence.send_error
    if error is None or error.status is None or error.status < 500:
        return None
    return Diagnosis(
        "service-trouble",
        f"the endpoint answers {error.status}",
        (
            evidence.endpoint_message,
            f"request id {error.request_id}" if error.request_id else "without a request id",
        ),
        "run verify again; if it lasts, look at Azure's status page and ask support with the request id",
        transient=True,
    )
