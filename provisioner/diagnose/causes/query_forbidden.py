"""The acting identity may not query the workspace."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.errors import Forbidden, NotSignedIn
from provisioner.probes.arrival import Diagnosis


def query_forbidden(evidence: Evidence) -> Diagnosis | None:
    """The query was refused for a missing right or token."""
    error = evidence.flow_probe.state.query_error
    if not isinstance(error, (Forbidden, NotSignedIn)):
        return None
    return Diagnosis(
        "query-forbidden",
        "the acting identity may not query the workspace",
        (error.message, "the records were accepted; whether they arrived cannot be seen by it"),
        "grant it Log Analytics Reader on the workspace; a new grant takes up to an hour for queries",
    )
