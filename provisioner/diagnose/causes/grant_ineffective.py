"""The grant is right and old, and yet the endpoint refuses."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.diagnose.sender_assignments import assignment_age, is_forbidden, publisher_assignments
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_bodies import properties_of
from provisioner.reports.durations import format_age


def grant_ineffective(evidence: Evidence) -> Diagnosis | None:
    """403 although the sender has had the role at the DCR for longer than it takes to spread."""
    assignments = publisher_assignments(evidence) if is_forbidden(evidence) else []
    ages = [age for one in assignments if (age := assignment_age(evidence, one)) is not None]
    # A younger grant never comes here: grant_spreading is asked before.
    if not ages:
        return None
    conditional = any(properties_of(assignment).get("condition") for assignment in assignments)
    return Diagnosis(
        "grant-ineffective",
        f"the grant is right and was made {format_age(min(ages))} ago, and the endpoint still refuses",
        (
            f"role assignment {assignments[0].get('name')}: principal, role and scope are right",
            *(("it has a condition, which may exclude sending",) if conditional else ()),
            evidence.endpoint_message,
        ),
        "remove the assignment, apply again and take a new token; then ask support with the request id",
    )
