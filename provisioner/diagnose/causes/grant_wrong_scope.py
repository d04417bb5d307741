"""The sender has the role, on a resource where it does not help."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.diagnose.sender_assignments import is_forbidden, misplaced_assignments
from provisioner.probes.arrival import Diagnosis


def grant_wrong_scope(evidence: Evidence) -> Diagnosis | None:
    """403, no grant at the DCR, and one on the endpoint, the workspace or another DCR."""
    if not is_forbidden(evidence):
        return None
    misplaced = next(misplaced_assignments(evidence), None)
    if misplaced is None:
        return None
    resource, assignment = misplaced
    return Diagnosis(
        "grant-wrong-scope",
        f"the sender's role stands on the {resource}; what counts is the rule {evidence.dcr_name}",
        (
            f"role assignment {assignment.get('name')} on the {resource}",
            f"none at {evidence.dcr_id} or above it",
            evidence.endpoint_message,
        ),
        "grant the role on the rule: add it to `grants`, or run verify with `--grant-self`",
    )
