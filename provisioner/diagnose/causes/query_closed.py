"""The workspace does not answer: no right, or no queries from public networks."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.errors import Forbidden, NotSignedIn
from provisioner.probes.arrival import Diagnosis


def query_closed(case: Case) -> Diagnosis | None:
    """The workspace takes no queries from public networks."""
    error = case.leg.query_error
    workspace = case.scene.workspace()
    access = str(case.properties(workspace).get("publicNetworkAccessForQuery") or "Enabled")
    if error is None or access.lower() == "enabled":
        return None
    return Diagnosis(
        "query-closed",
        f"the workspace answers no queries from public networks (publicNetworkAccessForQuery: {access})",
        (error.message, "the records were accepted; whether they arrived cannot be seen from here"),
        "run verify from inside the private network, or allow queries on the workspace",
    )


def query_forbidden(case: Case) -> Diagnosis | None:
    """The acting identity may not read the workspace."""
    error = case.leg.query_error
    if not isinstance(error, (Forbidden, NotSignedIn)):
        return None
    return Diagnosis(
        "query-forbidden",
        "the acting identity may not query the workspace",
        (error.message, "the records were accepted; whether they arrived cannot be seen by it"),
        "grant it Log Analytics Reader on the workspace; a new grant takes up to an hour for queries",
    )
