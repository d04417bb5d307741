"""The sender has no right to the rule."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.diagnose.sender_assignments import assignments_at_dcr, is_forbidden, publisher_role_id
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_bodies import properties_of
from provisioner.text import plural


def grant_missing(evidence: Evidence) -> Diagnosis | None:
    """403, and no assignment of the role for the sender counts at the DCR."""
    if not is_forbidden(evidence):
        return None
    assignments = assignments_at_dcr(evidence)
    if assignments is None:
        return _unreadable(evidence)
    roles = [str(properties_of(assignment).get("roleDefinitionId", "")).lower() for assignment in assignments]
    others = sum(role.endswith(publisher_role_id()) for role in roles)
    count = plural(len(assignments), "role assignment")
    # Who is in a group is for Entra to say, which needs rights that few senders have.
    held = (f"held by {plural(others, 'other principal')}; groups are not looked into",) if others else ()
    return Diagnosis(
        "grant-missing",
        f"{evidence.live.identity} has no right to send to the rule {evidence.dcr_name}",
        (
            f"none of {count} here or above is Monitoring Metrics Publisher for it",
            *held,
            evidence.endpoint_message,
        ),
        "add it to `grants` (`self` is the identity that runs), or run verify with `--grant-self`",
    )


def _unreadable(evidence: Evidence) -> Diagnosis:
    return Diagnosis(
        "grant-unreadable",
        "the endpoint refuses, and the acting identity may not read role assignments to see why",
        (evidence.endpoint_message, evidence.live.unreadable.get("role assignments", "")),
        "ask an administrator to check that the sender's object id has Monitoring Metrics Publisher on the rule; "
        "a new grant takes up to 30 minutes",
        # A missing grant and a young one look alike to who may not read them, and a young one comes into force.
        transient=True,
    )
