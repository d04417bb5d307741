"""The workspace refuses the query for another reason."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis


def query_refused(evidence: Evidence) -> Diagnosis | None:
    """Any refusal that the causes before it do not explain."""
    error = evidence.flow_probe.state.query_error
    if error is None:
        return None
    return Diagnosis(
        "query-refused",
        f"the workspace does not answer the query for {evidence.flow_probe.table}",
        (error.message, "the records were accepted; whether they arrived is not known"),
        error.hint or "run verify again; the request id helps support",
        # The query API does not know a new workspace for a while (404).
        transient=error.status is None or error.status == 404 or error.status >= 429,
    )
